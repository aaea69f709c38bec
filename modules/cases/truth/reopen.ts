/**
 * A closed case is never edited. Whoever says that it was not fixed, or was closed wrongly, opens another that points to it (重新立案,
 * domain §3.6 row 35): by an objection it starts at a check by somebody else, with the clock of the old one; by staff it is filed anew.
 */

import type { Db } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import { newId, newSpokenCode } from '@pentad/platform/id'
import { type Refusal, refuse } from '@pentad/platform/refusal'
import { DAY, legalDayOf } from '@pentad/platform/time'
import { entryOf, note } from '../entry.ts'
import { caseNoStart, type Flow, leadsTo, newborn, type Source, type Status, stageDue } from '../model/index.ts'
import { orderSupervision } from '../notices/orders.ts'
import { type Birth, type CaseRow, caseById, flowBy, flowInForce, lineById, writeBirths } from '../queries/index.ts'
import { type Lot, lotFor } from './lot.ts'

export interface TakenUp {
  /** `objection`: the reporter says that it was not fixed; `staff`: a shift leader takes it up. */
  why: 'objection' | 'staff'
  reason: string
  photoIds: readonly string[]
  actorId: string
  actorUnit: string | null
  /** Of the report that objects; of staff, that of the case itself. */
  source: Source
  reportId?: string | undefined
  /** It has been objected to before: it goes among the hard cases at once. */
  difficult: boolean
}

/** Whether a case that was closed then may still be taken up again. */
export const mayTakeUp = (closedAt: Date | null, flow: Flow, now: Date): boolean =>
  closedAt !== null && now.getTime() - closedAt.getTime() <= flow.reopenDays * DAY

/** Takes up a closed case, which is locked; gives the new one. */
export async function takeUp(
  db: Db,
  old: CaseRow,
  how: TakenUp,
  now: Date,
): Promise<{ id: string; no: string } | Refusal> {
  if (old.status !== 'closed') return refuse('cases/not-closed')
  const flow = await flowBy(db, old.flowVersion)
  if (!mayTakeUp(old.closedAt, flow, now)) return refuse('cases/too-late-to-reopen', { days: flow.reopenDays })
  const line = await lineById(db, old.id)
  if (!line || !old.areaCode) return refuse('cases/not-of-this-city')
  const checks = how.why === 'objection' && old.standardId && old.leadUnitId && old.clockStart && old.due
  const itsFlow = checks ? flow : await flowBy(db, await flowInForce(db))
  const lot = checks ? await lotFor(db, old, flow, now) : null
  const id = newId(now.getTime())
  const state = checks ? goingOn(old, lot) : filedAnew(old, itsFlow)
  const file: Birth['file'] = {
    ...newborn({ id, kind: old.kind, classCode: old.classCode, createdBy: how.actorId }),
    ...state,
    difficult: how.difficult,
    source: old.source,
    scheme: old.scheme,
    schemeVersion: old.schemeVersion,
    flowVersion: itsFlow.version,
    areaCode: old.areaCode,
    lon: old.lon,
    lat: old.lat,
    stageSince: now,
    stageDue: stageDue(itsFlow, state.status, now),
    closedAt: null,
    told: checks ? old.told.filter((t) => t !== 'stage_late') : [],
    reports: old.reports,
    priority: old.priority,
    componentId: old.componentId,
    componentChosen: old.componentChosen,
    reopenedFrom: old.id,
    parentId: old.parentId,
    version: 0,
    lastHash: '',
    ...toMetres([old.lon, old.lat]),
    placeZh: line.placeZh,
    placeEn: line.placeEn,
    description: line.description,
    reportedAt: now,
    alarmId: line.alarmId,
    photoId: line.photoId,
  }
  const detail = plain({
    fromId: old.id,
    fromNo: old.no,
    why: how.why,
    reportId: how.reportId,
    lot,
    // All that it did not begin with, so that it can be lived again from its trail.
    carried: { ...state, difficult: how.difficult, told: file.told },
  })
  const said = {
    act: 'reopen' as const,
    actorId: how.actorId,
    actorUnit: how.actorUnit,
    reason: how.reason,
    photoIds: how.photoIds,
  }
  const day = legalDayOf(now)
  const district = old.areaCode.slice(0, 6)
  const [no = ''] = await writeBirths(db, [
    {
      file,
      number: { before: caseNoStart(district, day, old.source), district, day },
      report: {
        id: newId(now.getTime()),
        source: how.source,
        sourceNo: null,
        code: newSpokenCode(),
        text: how.reason,
        lon: old.lon,
        lat: old.lat,
        reporterName: null,
        reporterPhone: null,
        language: 'zh-CN',
        photoIds: how.photoIds,
        original: {
          reopens: old.no,
          why: how.why,
          reason: how.reason,
          ...(how.reportId ? { reportId: how.reportId } : {}),
        },
        createdBy: how.actorId,
        at: now,
        recorded: now,
      },
      entry: entryOf(file, file, { ...said, from: null, detail }, now),
    },
  ])
  await note(
    db,
    old,
    {
      act: how.why === 'objection' ? 'object' : 'reopened',
      actorId: how.actorId,
      actorUnit: how.actorUnit,
      reason: how.reason,
      detail: plain({ intoId: id, intoNo: no, reportId: how.reportId }),
    },
    now,
  )
  if (how.difficult) await supervise(db, id, now)
  return { id, no }
}

/** A matter that reporters object to again is put under supervision (督办): the overseer finds it among the hard cases. */
async function supervise(db: Db, caseId: string, now: Date): Promise<void> {
  const c = await caseById(db, caseId, true)
  if (c) await orderSupervision(db, c, { text: '上报人再次提出异议，请核实处置结果并说明情况。', now })
}

type Carried = Partial<CaseRow> & { status: Status }

/** At a check by whoever is drawn: the same unit, the same clock, which stands until the check fails. */
const goingOn = (old: CaseRow, lot: Lot | null): Carried => ({
  status: 'checking',
  standardId: old.standardId,
  leadUnitId: old.leadUnitId,
  coUnitIds: old.coUnitIds,
  workedBy: old.workedBy,
  checkerId: lot?.drawn ?? null,
  limitValue: old.limitValue,
  limitUnit: old.limitUnit,
  calendarVersion: old.calendarVersion,
  clockStart: old.clockStart,
  clockStopped: old.clockStopped,
  extendedValue: old.extendedValue,
  pausedSeconds: old.pausedSeconds,
  urgeAt: old.urgeAt,
  due: old.due,
})

/** At filing, with the standard of the old one as a proposal; where the city has no such stage, at its beginning. */
function filedAnew(old: CaseRow, flow: Flow): Carried {
  const status = leadsTo(flow, 'pending_file')
  const { standardId, limitValue, limitUnit } = old
  return status === 'pending_file' || standardId
    ? { status, standardId, limitValue, limitUnit }
    : { status: 'reported' }
}

/** As it will be read back. */
const plain = (x: object): Record<string, unknown> => JSON.parse(JSON.stringify(x)) as Record<string, unknown>
