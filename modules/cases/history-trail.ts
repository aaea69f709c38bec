/** The trail that a past would have left, had it been lived through here. */
import type { HistoricCase } from './history.ts'
import type { Status } from './model/index.ts'
import { chained, type TrailInput, type TrailRow } from './trail.ts'

/** The entries that the steps would have left; failed rounds, of which only the number is known, lie evenly before the last. */
export function trailOfPast(c: HistoricCase, caseId: string, used: (at: Date) => number | null): TrailRow[] {
  const rows: TrailRow[] = []
  const add = (act: string, at: Date | null, to: Status, actorId: string | null, more: Partial<TrailInput> = {}) => {
    if (!at) return
    const before = rows.at(-1)
    const entry = {
      caseId,
      seq: rows.length + 1,
      act,
      actorId: actorId ?? 'public',
      actorUnit: null,
      from: before?.to ?? null,
      to,
      at,
      recorded: at,
      reason: null,
      standardId: null,
      unitId: null,
      photoIds: [],
      lon: null,
      lat: null,
      usedSeconds: used(at),
    }
    rows.push(chained({ ...entry, ...more }, before?.hash ?? ''))
  }
  const { actors: who } = c
  add('report', c.reportedAt, 'reported', who.reportedBy, { reason: c.description, lon: c.point.lon, lat: c.point.lat })
  if (c.outcome === 'rejected') {
    if (c.acceptedAt) add('accept', c.acceptedAt, 'pending_file', who.acceptedBy)
    add(c.acceptedAt ? 'decline' : 'refuse', c.closedAt, 'rejected', who.closedBy ?? who.acceptedBy)
    return rows
  }
  add('accept', c.acceptedAt, 'pending_file', who.acceptedBy)
  add('file', c.filedAt, 'pending_dispatch', who.filedBy, { standardId: c.standard?.id ?? null })
  add('dispatch', c.dispatchedAt, 'pending_sign', who.dispatchedBy, { unitId: c.leadUnit })
  add('sign', c.signedAt, 'disposing', who.signedBy)
  const failedBefore = c.outcome === 'rework' ? c.reworkCount - 1 : c.reworkCount
  const until = c.feedbackAt
  for (let round = 1; round <= failedBefore && c.signedAt && until; round++) {
    const span = (until.getTime() - c.signedAt.getTime()) / (failedBefore + 1)
    const part = (share: number) => new Date((c.signedAt?.getTime() ?? 0) + span * (round - 1 + share))
    add('report_done', part(0.6), 'feedback', who.feedbackBy)
    add('send_check', part(0.65), 'checking', who.dispatchedBy)
    add('fail_check', part(0.8), 'rework', who.checkedBy)
    add('dispatch_again', part(0.85), 'pending_sign', who.dispatchedBy, { unitId: c.leadUnit })
    add('sign', part(0.95), 'disposing', who.signedBy)
  }
  add('report_done', c.feedbackAt, 'feedback', who.feedbackBy)
  if (c.feedbackAt && (c.checkedAt || c.outcome === 'checking')) {
    const sent = new Date(
      c.feedbackAt.getTime() + ((c.checkedAt ?? c.feedbackAt).getTime() - c.feedbackAt.getTime()) * 0.2,
    )
    add('send_check', sent, 'checking', who.dispatchedBy)
  }
  if (c.outcome === 'rework') add('fail_check', c.checkedAt, 'rework', who.checkedBy)
  else add('pass_check', c.checkedAt, 'pending_close', who.checkedBy)
  if (c.outcome === 'closed') add('close', c.closedAt, 'closed', who.closedBy)
  return rows
}
