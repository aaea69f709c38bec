/** Posts of a person: which are in force on a day, and areas as they are typed. Pure. */

import type { listPeople } from '@pentad/identity/contract'
import type { Reply } from '@pentad/platform/contract'
import { legalDayOf } from '@pentad/platform/time'

export type Person = Reply<typeof listPeople>['people'][number]
export type Post = Person['memberships'][number]

export function inForce({ validFrom, validTo }: Pick<Post, 'validFrom' | 'validTo'>, now: Date): boolean {
  const today = legalDayOf(now)
  return validFrom <= today && (validTo === null || today <= validTo)
}

/** “110101, 110102003”, with Chinese commas and blanks as they come; nothing typed means everywhere, which is the empty prefix. */
export function areasFrom(words: string): string[] | null {
  const codes = words.split(/[\s,,、;;]+/).filter(Boolean)
  if (codes.some((c) => !/^\d{1,15}$/.test(c))) return null
  return codes.length ? [...new Set(codes)] : ['']
}
export const everywhere = (areas: readonly string[]): boolean => areas.includes('')
