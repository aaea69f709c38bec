/** What cases do on news from below: an alarm becomes a case, or another line in the trail of the one it belongs to. */
import { rememberSaid } from '@pentad/geography'
import type { Db } from '@pentad/platform/db'
import type { Listener } from '@pentad/platform/module'
import { isRefusal } from '@pentad/platform/refusal'
import { SHANGHAI_OFFSET } from '@pentad/platform/time'
import { type AlarmRow, alarmById, casesOfDevice, linkCase } from '@pentad/sensing'
import { machine, note } from './entry.ts'
import { intake } from './intake.ts'
import { isOpen } from './model/index.ts'
import { addressesOf, type CaseRow, caseById } from './queries/index.ts'

/** 施工扰民 (GB/T 30428.2-2013, event 03 01). */
const siteNuisance = { kind: 'event', classCode: '0301' } as const

const whatIsLoud: Record<string, string> = {
  'noise-leq': '20 分钟等效声级',
  'noise-night-max': '夜间最大声级',
}
const wallTime = (at: Date): string =>
  new Date(at.getTime() + SHANGHAI_OFFSET).toISOString().slice(0, 16).replace('T', ' ')

/** What the seat reads: value, limit, site, permit. */
export function alarmText({ rule, raisedAt, peak, limit, unit, standard, device }: AlarmRow): string {
  const permit =
    device.nightPermit === null ? '夜间施工许可:未登记' : device.nightPermit ? '有夜间施工许可' : '无夜间施工许可'
  const site = device.label ? `${device.nameZh}(${device.label})` : device.nameZh
  return `${wallTime(raisedAt)} ${site},${whatIsLoud[rule] ?? rule} ${peak.toFixed(1)} ${unit},超过限值 ${limit} ${unit}(${standard});${permit}。噪声自动监测告警,须现场核实。`
}

export const on: readonly Listener[] = [
  {
    name: 'cases.alarms',
    topics: ['sensing.alarm-raised'],
    async hear(db, { about }) {
      const alarm = await alarmById(db, String(about.alarmId), true)
      if (!alarm || alarm.caseId) return
      const open = await openCaseOf(db, alarm.device.id)
      await linkCase(db, alarm.id, open ? await alarmNote(db, open, alarm) : await openCase(db, alarm))
    },
  },
  {
    // A place that a seat wrote down and a shift leader took for true is found by the same words next time.
    name: 'cases.said-places',
    topics: ['case'],
    async hear(db, { about, at }) {
      if (about.act !== 'file') return
      for (const { said, lon, lat } of await addressesOf(db, [String(about.id)]))
        await rememberSaid(db, said, { lon, lat }, at)
    },
    async hearMany(db, news) {
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

async function openCase(db: Db, alarm: AlarmRow): Promise<string> {
  const { lon, lat, nameZh } = alarm.device
  if (lon === null || lat === null) throw new Error(`${nameZh} has no place, so its alarm has no case`)
  const { device: _, ...said } = alarm
  const taken = await intake(db, {
    source: 'sensor',
    sourceNo: alarm.id,
    ...siteNuisance,
    point: { lon, lat },
    text: alarmText(alarm),
    at: alarm.raisedAt,
    now: new Date(),
    actorId: machine,
    original: said,
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
