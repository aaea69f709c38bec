/** Judges what was just stored, from the stored series and the stored alarms, in the transaction that stored it. */
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { announce } from '@pentad/platform/news'
import { HOUR, MINUTE } from '@pentad/platform/time'
import {
  type Finding,
  judge,
  lookBackMinutes,
  type NoiseRule,
  noiseRules,
  type Standings,
} from '../noise/alarm-rule.ts'
import { noiseFactors, noiseUnit } from '../noise/series.ts'
import {
  addAlarm,
  clearAlarm,
  type DeviceRow,
  deviceById,
  lastAlarms,
  noiseReadings,
  type ObservationRow,
  type StandingRow,
  setPeak,
} from '../queries/index.ts'

/** What comes later than this is history: nobody is sent out for it. */
const lateAllowed = 2 * HOUR

export async function judgeNoise(db: Db, stored: readonly ObservationRow[], now: Date): Promise<void> {
  const moments = momentsOf(stored, now)
  if (moments.size === 0) return
  const ids = [...moments.keys()]
  const all = [...moments.values()].flatMap((m) => [...m])
  const from = new Date(Math.min(...all) - (lookBackMinutes + 1) * MINUTE)
  const until = new Date(Math.max(...all) + 1)
  const readings = Map.groupBy(await noiseReadings(db, ids, from, until), (r) => r.deviceId)
  const alarms = Map.groupBy(await lastAlarms(db, ids), (a) => a.deviceId)
  for (const [id, at] of moments) {
    const last = alarms.get(id) ?? []
    const findings = judge(
      readings.get(id) ?? [],
      [...at].map((t) => new Date(t)),
      standingsOf(last),
    )
    if (findings.length > 0) await carryOut(db, id, findings, last)
  }
}

/** The ends of what was measured, by device. */
function momentsOf(stored: readonly ObservationRow[], now: Date): Map<string, Set<number>> {
  const moments = new Map<string, Set<number>>()
  for (const { deviceId, factor, period, observedAt, flag, quality } of stored) {
    const counts = (noiseFactors as readonly string[]).includes(factor) && (flag ?? 'N') === 'N' && quality.length === 0
    if (!counts || (period !== 'rtd' && period !== 'minute')) continue
    if (now.getTime() - observedAt.getTime() > lateAllowed) continue
    const end = observedAt.getTime() + (period === 'minute' ? MINUTE : 0)
    const there = moments.get(deviceId)
    if (there) there.add(end)
    else moments.set(deviceId, new Set([end]))
  }
  return moments
}

function standingsOf(last: readonly StandingRow[]): Standings {
  const of = (rule: NoiseRule) => {
    const alarm = last.find((a) => a.rule === rule)
    const open = alarm && !alarm.clearedAt ? { raisedAt: alarm.raisedAt, peak: alarm.peak } : null
    return { open, clearedAt: alarm?.clearedAt ?? null }
  }
  return Object.fromEntries(noiseRules.map((rule) => [rule, of(rule)])) as Standings
}

async function carryOut(
  db: Db,
  deviceId: string,
  findings: readonly Finding[],
  last: readonly StandingRow[],
): Promise<void> {
  const open = new Map(last.filter((a) => !a.clearedAt).map((a) => [a.rule, a.id]))
  const device = await deviceById(db, deviceId)
  if (!device) return
  for (const finding of findings) {
    const { rule, at } = finding
    const alarmId = open.get(rule)
    if (finding.act === 'raise') {
      const { peak, limit, standard } = finding
      const id = newId()
      await addAlarm(db, { id, rule, deviceId, raisedAt: at, peak, limit, unit: noiseUnit, standard })
      open.set(rule, id)
      const about = { alarmId: id, deviceId, rule, peak, limit, unit: noiseUnit, raisedAt: at.toISOString() }
      await announce(db, { topic: 'sensing.alarm-raised', about })
      await announceAlarm(db, id, device, 'raised')
    } else if (alarmId && finding.act === 'peak') {
      await setPeak(db, alarmId, finding.peak)
    } else if (alarmId) {
      await clearAlarm(db, alarmId, at)
      open.delete(rule)
      await announceAlarm(db, alarmId, device, 'cleared')
    }
  }
}

/** Tells the screens that an alarm changed. */
export const announceAlarm = (
  db: Db,
  id: string,
  { areaCode, unitId }: Pick<DeviceRow, 'areaCode' | 'unitId'>,
  act: 'raised' | 'cleared' | 'judged' | 'linked',
): Promise<void> =>
  announce(db, {
    topic: 'alarm',
    about: { id, act },
    may: 'sensing.read',
    areaCode,
    units: unitId ? [unitId] : [],
  })
