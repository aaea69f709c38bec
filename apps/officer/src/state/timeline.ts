/** What happened to a case, newest first: what the centre wrote, and what was done here and is not there yet. Pure. */
import type { Letter, LetterState } from '../outbox/letter.ts'
import type { CaseHeld } from '../outbox/store.ts'
import type { TrailEntry } from './trail.ts'

export interface TimelineEntry {
  key: string
  act: string
  at: string
  who: string | null
  reason: string | null
  /** The light of what was done on this phone and is not in the centre's trail yet. */
  letter: LetterState | null
}

export function timelineOf(
  held: CaseHeld,
  trail: readonly TrailEntry[] | null,
  letters: readonly Letter[],
): TimelineEntry[] {
  const written: TimelineEntry[] = trail?.length
    ? trail.map((e) => ({
        key: `${e.seq}`,
        act: e.act,
        at: e.at,
        who: e.actor?.name ?? null,
        reason: e.reason,
        letter: null,
      }))
    : [
        { key: 'report', act: 'report', at: held.reportedAt, who: null, reason: null, letter: null },
        ...(held.clockStart
          ? [{ key: 'dispatch', act: 'dispatch', at: held.clockStart, who: null, reason: null, letter: null }]
          : []),
      ]
  const known = new Set(written.map((e) => `${e.act}:${Date.parse(e.at)}`))
  const here = letters.flatMap((l): TimelineEntry[] => {
    if (l.caseId !== held.id || l.what.kind !== 'step' || known.has(`${l.what.step}:${Date.parse(l.at)}`)) return []
    return [{ key: l.key, act: l.what.step, at: l.at, who: null, reason: l.what.reason, letter: l.state }]
  })
  return [...written, ...here].sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}
