/** How the trail of a case grows by one entry. */
import type { Db } from '@pentad/platform/db'
import { calendarBy } from '@pentad/rulebook'
import type { WorkCalendar } from '@pentad/rulebook/model'
import { type CaseAct, usedSeconds } from './model/index.ts'
import { type CaseChange, type CaseRow, writeChanges } from './queries/index.ts'
import { chained, type TrailInput, type TrailRow } from './trail.ts'

/** What the machine does in its own name. */
export const machine = 'machine'

/** The calendar that a case is reckoned by: its own, or the one in force when its clock starts. */
export async function calendarFor(db: Db, version: string | null): Promise<WorkCalendar> {
  const calendar = await calendarBy(db, version)
  if (!calendar) throw new Error(`there is no working calendar ${version ?? 'in force'}`)
  return calendar
}

export type Said = Partial<Omit<TrailInput, 'caseId' | 'seq' | 'to' | 'recorded'>> & { act: CaseAct }

/** The next entry: from what the case was to what it is. */
export function entryOf(
  before: Pick<CaseRow, 'version' | 'lastHash' | 'status'>,
  after: Pick<CaseRow, 'id' | 'status'>,
  said: Said,
  now: Date,
): TrailRow {
  return chained(
    {
      caseId: after.id,
      seq: before.version + 1,
      actorId: machine,
      actorUnit: null,
      from: before.status,
      to: after.status,
      at: now,
      recorded: now,
      reason: null,
      standardId: null,
      unitId: null,
      photoIds: [],
      lon: null,
      lat: null,
      usedSeconds: null,
      ...said,
    },
    before.lastHash,
  )
}

export const change = (before: CaseRow, after: CaseRow, ...entries: TrailRow[]): CaseChange => ({
  before,
  after,
  entries,
})

/** The clock as it stands, for an entry of a case whose calendar is known or not needed. */
export async function usedAt(db: Db, c: CaseRow, now: Date): Promise<number | null> {
  return c.clockStart ? usedSeconds(c, await calendarFor(db, c.calendarVersion), now) : null
}

/** An entry about a locked case that changes its file not at all, or by these fields; the version that it has then. */
export async function note(
  db: Db,
  before: CaseRow,
  said: Said,
  now: Date,
  changes: Partial<CaseRow> = {},
): Promise<number> {
  const after = { ...before, ...changes }
  const entry = entryOf(before, after, { usedSeconds: await usedAt(db, before, now), ...said }, now)
  const [written] = await writeChanges(db, [{ cases: [change(before, after, entry)] }])
  if (!written) throw new Error(`case ${before.id} moved on while it was locked`)
  return entry.seq
}
