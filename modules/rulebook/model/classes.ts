/** Class schemes (domain §2.4, §2.7). A code means nothing without its scheme and version: numbers differ between editions. */

/** What a case may be filed under. */
export const kinds = ['component', 'event'] as const // 部件, 事件
export type Kind = (typeof kinds)[number]

/** What a list may hold; those beyond `kinds` reach a case only through a mapping. */
export const classKinds = [...kinds, 'service', 'social', 'emergency'] as const // … 服务, 社会, 应急
export type ClassKind = (typeof classKinds)[number]

/** What the target is, seen from the source: `narrower` says that the target is only a part of it. */
export const exactnesses = ['exact', 'narrower', 'broader', 'related'] as const
export type Exactness = (typeof exactnesses)[number]
const turned: Record<Exactness, Exactness> = {
  exact: 'exact',
  narrower: 'broader',
  broader: 'narrower',
  related: 'related',
}
/** The same mapping read from its other end. */
export const turnedAround = (e: Exactness): Exactness => turned[e]

export interface ClassKey {
  kind: Kind
  code: string
}
export interface SchemeVersion {
  scheme: string
  version: string
}
export interface ListedKey {
  kind: ClassKind
  code: string
}
export const classKeyOf = ({ kind, code }: ListedKey): string => `${kind}:${code}`

/** `event:0405` (of the scheme in force) or `gbt30428/2013/event:0405`; undefined where it is neither. */
export function readClassRef(words: string): (ListedKey & Partial<SchemeVersion>) | undefined {
  const found = /^(?:([^/:\s]+)\/([^/:\s]+)\/)?([a-z]+):([A-Za-z0-9._-]+)$/.exec(words)
  const kind = classKinds.find((k) => k === found?.[3])
  const code = found?.[4]
  if (!kind || !code) return undefined
  const [, scheme, version] = found
  return scheme && version ? { scheme, version, kind, code } : { kind, code }
}

export interface NamedClass extends ListedKey {
  name: { 'zh-CN': string; en: string }
}
export interface VersionChanges<T extends NamedClass> {
  added: T[]
  removed: T[]
  /** The same code with another name. */
  renamed: { before: T; after: T }[]
  /** The same name under another code. */
  moved: { before: T; after: T }[]
}

/** How one list became another. Each class stands in at most one row of each side: a code that was given to another matter is
 * a move or a removal, not a new name. */
export function compareVersions<T extends NamedClass>(before: readonly T[], after: readonly T[]): VersionChanges<T> {
  const nameOf = (c: T): string => `${c.kind} ${c.code.length === 2 ? 'major' : 'minor'} ${c.name['zh-CN']}`
  const oldByKey = new Map(before.map((c) => [classKeyOf(c), c]))
  const newByKey = new Map(after.map((c) => [classKeyOf(c), c]))
  const lost = before.filter((c) => newByKey.get(classKeyOf(c))?.name['zh-CN'] !== c.name['zh-CN'])
  const came = after.filter((c) => oldByKey.get(classKeyOf(c))?.name['zh-CN'] !== c.name['zh-CN'])
  const cameByName = new Map(came.map((c) => [nameOf(c), c]))
  const moved: { before: T; after: T }[] = []
  const settled = new Set<T>()
  for (const c of lost) {
    const target = cameByName.get(nameOf(c))
    if (!target || settled.has(target)) continue
    moved.push({ before: c, after: target })
    settled.add(c).add(target)
  }
  const renamed = lost.flatMap((c) => {
    const target = newByKey.get(classKeyOf(c))
    if (settled.has(c) || !target || settled.has(target)) return []
    settled.add(c).add(target)
    return [{ before: c, after: target }]
  })
  return {
    added: came.filter((c) => !settled.has(c)),
    removed: lost.filter((c) => !settled.has(c)),
    renamed,
    moved,
  }
}

/** What to bring along, as a standard names it. */
export const evidences = ['photo_before', 'photo_after', 'close_up', 'measure', 'reading', 'document', 'audio'] as const
export type Evidence = (typeof evidences)[number]
