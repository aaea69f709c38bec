import { permissionsOf } from '@pentad/identity/model'
import { sql } from '@pentad/platform/db'
import { actorWith, hearAll as hear, testServer } from '@pentad/platform/testing'
import { devicesOf, judgeFresh, loadDevices, recordObservations } from '@pentad/sensing'
import { listAlarms, listPins, readAlarm } from '@pentad/sensing/contract'
import { expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { listCases, readCase, takeStep } from './contract.ts'
import { on } from './on.ts'
import { trailOf } from './queries/index.ts'
import { insideCell, layTestCity, pointIn } from './testing.ts'
import { brokenAt } from './trail.ts'

const { db, as } = await testServer(modules)
await layTestCity(db)
await loadDevices(db, [
  {
    kind: 'noise_monitor',
    address: 'MN1',
    nameZh: '春秀路12号工地',
    nameEn: 'Site',
    label: '春秀路12号',
    unitId: 'a-street',
    nightPermit: false,
    ...pointIn(insideCell),
  },
])
const [device] = await devicesOf(db, 'noise_monitor')
const desk = actorWith({ areas: ['110101'], may: [...permissionsOf.acceptor, ...permissionsOf.shift_leader] })
const [alarms] = on
const hearAll = async () => {
  if (!alarms) throw new Error('cases listen to alarms')
  await hear(db, alarms)
}

/** The last night, so that nothing lies in the future: 23:00 in Beijing of some day before today. */
const night = new Date(`${new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10)}T15:00:00Z`)
const later = (minutes: number) => new Date(night.getTime() + minutes * 60_000)
async function loud(minute: number, level: number, max = level + 2): Promise<void> {
  await recordObservations(
    db,
    [
      {
        deviceId: device?.id ?? '',
        factor: 'Leq',
        period: 'minute',
        observedAt: later(minute),
        value: level,
        max,
        min: null,
        flag: 'N',
      },
    ],
    { now: later(minute + 1) },
  )
  await judgeFresh(db, later(minute + 1))
}
const casesThere = async () => (await as(desk)(listCases, { query: { queue: 'open' } })).cases

test('a night alarm opens a case that says value, limit, site and permit, with the curve in reach [SEN-10]', async () => {
  await loud(0, 66, 78.2)
  await hearAll()
  const [c, ...others] = await casesThere()
  expect(others).toEqual([])
  expect(c).toMatchObject({ source: 'sensor', kind: 'event', classCode: '0301', status: 'reported' })
  for (const said of [
    '春秀路12号工地',
    '夜间施工噪声最大声级超限:78.2 dB(A)',
    '限值 70 dB(A)',
    'GB 12523-2025',
    '无夜间施工许可',
  ])
    expect(c?.description).toContain(said)
  const whole = await as(desk)(readCase, { params: { id: c?.id ?? '' } })
  const alarm = await as(desk)(readAlarm, { params: { id: whole.alarmId ?? '' } })
  expect(alarm).toMatchObject({ caseId: c?.id, rule: 'noise-night-max', peak: 78.2 })
  expect(alarm.curves[0]?.points).toEqual([{ at: night.toISOString(), value: 66, max: 78.2 }])
  // What it rests on is held from then on.
  const { holds } = await as(desk)(listPins, { params: { id: device?.id ?? '' } })
  expect(holds).toMatchObject([{ caseId: c?.id, because: 'alarm', keptUntil: null }])
  // The curve is frozen with the report, under its digest.
  const { rows } = await sql<{
    curve: { sha256: string; curves: { points: unknown[] }[] }
  }>`select original -> 'curve' as curve from cases.report where case_id = ${c?.id ?? ''}`.execute(db)
  expect(rows[0]?.curve.curves[0]?.points).toEqual(alarm.curves[0]?.points)
  expect(rows[0]?.curve.sha256).toBe(alarm.frozen?.sha256)
})

test('the same news heard twice makes one case and one line in its trail [SEN-10]', async () => {
  await sql`update platform.listener set xid = '0'::xid8, seq = 0 where name = 'cases.alarms'`.execute(db)
  await hearAll()
  const [c, ...others] = await casesThere()
  expect(others).toEqual([])
  expect((await trailOf(db, c?.id ?? '')).map((e) => e.act)).toEqual(['report'])
})

test('a second alarm of the same site goes into the trail of the open case [SEN-10]', async () => {
  for (let minute = 1; minute < 20; minute++) await loud(minute, 58)
  await hearAll()
  const { alarms: two } = await as(desk)(listAlarms, { query: {} })
  expect(two.map((a) => a.rule).sort()).toEqual(['noise-leq', 'noise-night-max', 'noise-warn'])
  // A warning is no case.
  const ofCases = two.filter((a) => a.rule !== 'noise-warn')
  expect(new Set(ofCases.map((a) => a.caseId)).size).toBe(1)
  const [c, ...others] = await casesThere()
  expect(others).toEqual([])
  const trail = await trailOf(db, c?.id ?? '')
  expect(trail.map((e) => e.act)).toEqual(['report', 'alarm'])
  expect(trail[1]?.reason).toContain('施工噪声等效声级超限')
  expect(brokenAt(trail)).toBeUndefined()
})

test('when the case is over, the next alarm opens another [SEN-10]', async () => {
  const [c] = await casesThere()
  const step = { step: 'refuse', at: new Date().toISOString(), reason: '已处理' } as const
  await as(desk)(takeStep, { params: { id: c?.id ?? '' }, body: step })
  for (let minute = 20; minute < 60; minute++) await loud(minute, 44)
  await loud(80, 60, 75)
  await hearAll()
  const [next, ...others] = await casesThere()
  expect(others).toEqual([])
  expect(next?.id).not.toBe(c?.id)
})
