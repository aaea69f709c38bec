/** The curve of an alarm as evidence: taken once when it is raised and once when it is over, with its digest. */
import { createHash } from 'node:crypto'
import type { Db } from '@pentad/platform/db'
import { HOUR, MINUTE } from '@pentad/platform/time'
import type { z } from 'zod'
import type { Curve } from '../contract/parts.ts'
import { curvesOf } from '../curve.ts'
import { limitsAt } from '../noise/model/standard.ts'
import { alarmById } from '../queries/index.ts'
import { addEvidence, type Evidence, evidenceOf, nightsOf } from './queries/index.ts'

type CurveOut = z.input<typeof Curve>

/** An alarm that stays open for days is shown by its first hours. */
const longestCurve = 24 * HOUR
const before = HOUR
const after = 10 * MINUTE

/** From an hour before the alarm to ten minutes after its end, as far as there is something yet. */
export async function curvesAround(
  db: Db,
  alarmId: string,
  now: Date,
): Promise<{ from: Date; until: Date; curves: CurveOut[] }> {
  const alarm = await alarmById(db, alarmId)
  if (!alarm) return { from: now, until: now, curves: [] }
  const from = new Date(alarm.raisedAt.getTime() - before)
  const end = alarm.clearedAt ? alarm.clearedAt.getTime() + after : now.getTime()
  const until = new Date(Math.min(end, from.getTime() + longestCurve))
  // Raised by what ended at that instant: what lies just before it tells day from night.
  const limits = limitsAt(new Date(alarm.raisedAt.getTime() - 1), await nightsOf(db))
  const curves = await curvesOf(db, alarm.device.id, { from, until, limits })
  const factor = alarm.factor
  return {
    from,
    until,
    curves: curves
      .map((c) => (c.factor === factor && c.limit === null ? { ...c, limit: alarm.limit } : c))
      // What was judged first.
      .sort((a, b) => Number(b.factor === factor) - Number(a.factor === factor)),
  }
}

export async function freezeCurve(db: Db, alarmId: string, moment: Evidence['moment'], now: Date): Promise<void> {
  const { from, until, curves } = await curvesAround(db, alarmId, now)
  const text = JSON.stringify(curves)
  const sha256 = createHash('sha256').update(text).digest('hex')
  await addEvidence(db, alarmId, { moment, takenAt: now, from, until, curves: text, sha256 })
}

interface FrozenCurve extends Omit<Evidence, 'curves'> {
  curves: CurveOut[]
}
/** What was frozen, the fullest first. */
export const frozenCurves = async (db: Db, alarmId: string): Promise<FrozenCurve[]> =>
  (await evidenceOf(db, alarmId)).map((e) => ({ ...e, curves: JSON.parse(e.curves) as CurveOut[] }))
