/** What cases do on news from below: an alarm becomes a case, or another line in the trail of the one it belongs to. */
import { rememberSaid } from '@pentad/geography'
import type { Db } from '@pentad/platform/db'
import type { Listener } from '@pentad/platform/module'
import { isRefusal } from '@pentad/platform/refusal'
import { SHANGHAI_OFFSET } from '@pentad/platform/time'
import { type AlarmRow, alarmById, casesOfDevice, frozenCurves, linkCase } from '@pentad/sensing'
import { machine, note } from './entry.ts'
import { intake } from './intake.ts'
import { isOpen } from './model/index.ts'
import { addressesOf, type CaseRow, caseById } from './queries/index.ts'

/** 施工扰民 (GB/T 30428.2-2013, event 03 01), where a rule names no class. */
const siteNuisance = '0301'

const wallTime = (at: Date): string =>
  new Date(at.getTime() + SHANGHAI_OFFSET).toISOString().slice(0, 16).replace('T', ' ')

/** What the seat reads: value, limit, site, permit. */
export function alarmText(a: AlarmRow): string {
  const { ruleName, factor, raisedAt, peak, limit, unit, standard, doubtful, device } = a
  // The permit is about noise at night; it says nothing about dust.
  const permit =
    factor !== 'Leq'
      ? ''
      : device.nightPermit === null
        ? '夜间施工许可:未登记;'
        : device.nightPermit
          ? '有夜间施工许可;'
          : '无夜间施工许可;'
  const site = device.label ? `${device.nameZh}(${device.label})` : device.nameZh
  const doubt = doubtful ? '气象条件可能影响读数,' : ''
  return `${wallTime(raisedAt)} ${site},${ruleName['zh-CN']}:${peak.toFixed(1)} ${unit},限值 ${limit} ${unit}(${standard});${permit}${doubt}自动监测告警,须现场核实。`
}

export const on: readonly Listener[] = [
  {
    name: 'cases.alarms',
    topics: ['sensing.alarm-raised'],
    async hear(db, news) {
      for (const { about } of news) {
        const alarm = await alarmById(db, String(about.alarmId), true)
        if (!alarm || alarm.caseId) continue
        const open = await openCaseOf(db, alarm.device.id)
        await linkCase(
          db,
          alarm.id,
          open ? await alarmNote(db, open, alarm) : await openCase(db, alarm, String(about.caseClass ?? siteNuisance)),
        )
      }
    },
  },
  {
    // A place that a seat wrote down and a shift leader took for true is found by the same words next time.
    name: 'cases.said-places',
    topics: ['case'],
    async hear(db, news) {
      const filed = news.filter(({ about }) => about.act === 'file')
      const at = filed.at(-1)?.at
      if (!at) return
      const ids = filed.map(({ about }) => String(about.id))
      for (const { said, lon, lat } of await addressesOf(db, ids)) await rememberSaid(db, said, { lon, lat }, at)
    },
  },
]

/** The open case that earlier alarms of this device grew into, locked. */
async function openCaseOf(db: Db, deviceId: string): Promise<CaseRow | undefined> {
  for (const id of await casesOfDevice(db, deviceId)) {
    const c = await caseById(db, id, true)
    if (c?.source === 'sensor' && isOpen(c.status)) return c
  }
  return undefined
}

async function openCase(db: Db, alarm: AlarmRow, classCode: string): Promise<string> {
  const { lon, lat, nameZh } = alarm.device
  if (lon === null || lat === null) throw new Error(`${nameZh} has no place, so its alarm has no case`)
  const { device: _, ...said } = alarm
  // The curve as it was when the alarm was raised goes with the report: nobody reads it from the series again.
  const [frozen] = await frozenCurves(db, alarm.id)
  const taken = await intake(db, {
    source: 'sensor',
    sourceNo: alarm.id,
    kind: 'event',
    classCode,
    point: { lon, lat },
    text: alarmText(alarm),
    at: alarm.raisedAt,
    now: new Date(),
    actorId: machine,
    original: { ...said, curve: frozen ?? null },
    alarmId: alarm.id,
  })
  // Kept for a person: the listener fails, and what fails again and again is parked.
  if (isRefusal(taken)) throw new Error(`no case for alarm ${alarm.id}: ${taken.refused}`)
  return taken.caseId
}

async function alarmNote(db: Db, c: CaseRow, alarm: AlarmRow): Promise<string> {
  await note(
    db,
    c,
    {
      act: 'alarm',
      at: alarm.raisedAt,
      reason: alarmText(alarm),
      unitId: c.leadUnitId,
      lon: alarm.device.lon,
      lat: alarm.device.lat,
    },
    new Date(),
  )
  return c.id
}
