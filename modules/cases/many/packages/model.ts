/** Packages (打包交办): many cases as one assignment with one deadline. Pure. */
import type { Status } from '../../model/states.ts'

/** At most so many cases in one command, and in one package. */
export const mostAtOnce = 200
export const mostInPackage = 500

/** How far a member is, as its package counts it. */
export const packageParts = ['waiting', 'working', 'done', 'checked', 'away'] as const
export type PackagePart = (typeof packageParts)[number]
const partOfStatus: Record<Status, PackagePart> = {
  draft: 'waiting',
  reported: 'waiting',
  verifying: 'waiting',
  pending_file: 'waiting',
  pending_dispatch: 'waiting',
  return_pending: 'waiting',
  pending_sign: 'working',
  disposing: 'working',
  suspended: 'working',
  rework: 'working',
  void_pending: 'working',
  feedback: 'done',
  checking: 'done',
  pending_close: 'checked',
  closed: 'checked',
  rejected: 'away',
  merged: 'away',
  voided: 'away',
  transferred: 'away',
}
/** `waiting`: with no unit yet; `done`: the unit says so; `checked`: somebody saw it; `away`: it left the life of a case otherwise. */
export const partOf = (status: Status): PackagePart => partOfStatus[status]

/** What a package must know of a member. */
export interface Member {
  status: Status
  /** The disposal clock of the case itself is past. */
  overdue: boolean
  unit: string | null
  street: string | null
}

export type Progress = Record<PackagePart, number> & {
  all: number
  /** Not done, and past the case's own limit or the day of the package. */
  late: number
}

/** Counts of a package. `due` is the package's own. */
export function progressOf(members: readonly Member[], due: Date, now: Date): Progress {
  const p: Progress = { all: members.length, waiting: 0, working: 0, done: 0, checked: 0, away: 0, late: 0 }
  for (const m of members) {
    const part = partOf(m.status)
    p[part]++
    if ((part === 'waiting' || part === 'working') && (m.overdue || now > due)) p.late++
  }
  return p
}

/** The same by unit or by street, the one with most left to do first. */
export function progressBy(
  members: readonly Member[],
  key: (m: Member) => string | null,
  due: Date,
  now: Date,
): { key: string | null; progress: Progress }[] {
  const groups = new Map<string | null, Member[]>()
  for (const m of members) groups.set(key(m), [...(groups.get(key(m)) ?? []), m])
  const left = ({ progress: p }: { progress: Progress }) => p.waiting + p.working
  return [...groups]
    .map(([of, some]) => ({ key: of, progress: progressOf(some, due, now) }))
    .sort((a, b) => left(b) - left(a) || b.progress.all - a.progress.all)
}

/** What all area codes begin with, cut at a level of the code (2, 4, 6, 9, 12 or 15 digits). */
export function commonArea(codes: readonly string[]): string {
  const [first = '', ...rest] = codes
  let n = first.length
  for (const code of rest) while (n > 0 && !code.startsWith(first.slice(0, n))) n--
  return first.slice(0, [15, 12, 9, 6, 4, 2].find((level) => level <= n) ?? 0)
}
