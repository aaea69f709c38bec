/** Writes down what a judgement found, freezes its curve, and tells those who must know. */
import { factorOf } from '@pentad/hj212'
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { later } from '@pentad/platform/jobs'
import { announce } from '@pentad/platform/news'
import { MINUTE } from '@pentad/platform/time'
import { noiseUnit } from '../../noise/series.ts'
import { announceAlarm } from '../announce.ts'
import { freezeCurve } from '../evidence.ts'
import { type Act, unitOfRule } from '../model/index.ts'
import { addAlarm, changeAlarm, type JudgedDevice, type RuleRow, withdrawAlarm } from '../queries/index.ts'

/** After an alarm is over, its curve is frozen with so many minutes of quiet (domain §8.3). */
const quietShownMinutes = 10

export interface Told {
  now: Date
  /** `rule device` of pairs that are muted. */
  muted: ReadonlySet<string>
  /** Nothing is known beyond: an alarm of a minute that is not over is not raised in the future. */
  known: number
}
export const pairKey = (rule: string, deviceId: string): string => `${rule} ${deviceId}`

const factorUnit = (rule: RuleRow['rule']): string => {
  if (!('factor' in rule.condition)) return ''
  const { factor } = rule.condition
  return factor === 'Leq' ? noiseUnit : (factorOf(factor)?.unit ?? '')
}

export async function carryOut(
  db: Db,
  row: RuleRow,
  device: JudgedDevice,
  acts: readonly Act[],
  { now, muted, known }: Told,
): Promise<void> {
  const { rule } = row
  const isMuted = muted.has(pairKey(row.id, device.id))
  for (const act of acts) {
    if (act.act === 'withdraw') {
      await withdrawAlarm(db, act.id)
      if (!isMuted) await announceAlarm(db, act.id, device, 'withdrawn')
      continue
    }
    if (act.act === 'change') {
      await changeAlarm(db, act.id, act.span)
      if (act.clears) await over(db, act.id, device, isMuted, act.span.until ?? now.getTime())
      continue
    }
    const { span } = act
    const id = newId()
    const raisedAt = new Date(Math.min(span.from, known))
    const clearedAt = span.until === null ? null : new Date(span.until)
    const unit = unitOfRule(rule.condition, factorUnit(rule))
    const { peak, limit, standard, doubtful } = span
    await addAlarm(db, {
      ...{ id, rule: row.id, ruleVersion: row.version, level: rule.level, deviceId: device.id },
      ...{ raisedAt, clearedAt, peak, limit, unit, standard, doubtful, muted: isMuted },
    })
    await freezeCurve(db, id, 'raised', now)
    if (clearedAt) await over(db, id, device, true, clearedAt.getTime())
    if (isMuted) continue
    // A case needs a place to be sent to.
    if (rule.caseClass !== null && device.lon !== null && device.lat !== null) {
      const about = {
        alarmId: id,
        deviceId: device.id,
        rule: row.id,
        caseClass: rule.caseClass,
        raisedAt: raisedAt.toISOString(),
      }
      await announce(db, { topic: 'sensing.alarm-raised', about })
    }
    await announceAlarm(db, id, device, 'raised')
  }
}

async function over(db: Db, id: string, device: JudgedDevice, silently: boolean, at: number): Promise<void> {
  if (!silently) await announceAlarm(db, id, device, 'cleared')
  await later(db, 'sensing.freeze-curve', {
    payload: { alarmId: id },
    runAt: new Date(at + quietShownMinutes * MINUTE),
    key: `sensing.freeze-curve ${id}`,
  })
}
