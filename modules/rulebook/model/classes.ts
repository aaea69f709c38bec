/** Class schemes (domain §2.4, §2.7). A code means nothing without its scheme and version: numbers differ between editions. */

export const kinds = ['component', 'event'] as const // 部件, 事件
export type Kind = (typeof kinds)[number]

export interface ClassKey {
  kind: Kind
  code: string
}
