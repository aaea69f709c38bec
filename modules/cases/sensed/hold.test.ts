import { permissionsOf } from '@pentad/identity/model'
import { sql } from '@pentad/platform/db'
import { actorWith, hearAll, testServer } from '@pentad/platform/testing'
import { devicesOf, loadDevices, recordObservations, recordPositions } from '@pentad/sensing'
import { listPins } from '@pentad/sensing/contract'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { takeStep } from '../contract.ts'
import { intake } from '../intake.ts'
import { insideCell, layTestCity, pointIn } from '../testing.ts'
import { holdSensed, holds } from './hold.ts'

const { db, as } = await testServer(modules)
await layTestCity(db)
const place = pointIn(insideCell)
await loadDevices(db, [
  { kind: 'noise_monitor', address: 'MN1', nameZh: '工地', nameEn: 'Site', ...place },
  { kind: 'vehicle', address: '199000000009', nameZh: '渣土车', nameEn: 'Muck truck', unitId: 'a-street' },
  { kind: 'vehicle', address: '199000000010', nameZh: '远处的车', nameEn: 'Far away', unitId: 'a-street' },
])
const [monitor] = await devicesOf(db, 'noise_monitor')
const [truck, far] = (await devicesOf(db, 'vehicle')).sort((a, b) => (a.address < b.address ? -1 : 1))
const desk = actorWith({ areas: ['110101'], may: [...permissionsOf.acceptor, ...permissionsOf.shift_leader] })
const now = new Date()
const holdsOf = async (id: string | undefined) =>
  (await as(desk)(listPins, { params: { id: id ?? '' } })).holds.map((h) => [h.caseId, h.because, h.keptUntil !== null])
async function complaint(classCode: string): Promise<string> {
  const taken = await intake(db, {
    ...{ source: 'hotline', kind: 'event', classCode, point: place, text: '半夜施工', at: now, now },
    ...{ actorId: 'citizen', original: {} },
  })
  if ('refused' in taken) throw new Error(taken.refused)
  return taken.caseId
}

test('a complaint holds what monitors and vehicles near it said while it is open, and its end is known below [SEN-30] [SEN-29]', async () => {
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000 - 1_200_000)
  await recordObservations(db, [
    {
      ...{ deviceId: monitor?.id ?? '', factor: 'Leq', period: 'minute', observedAt: minute, value: 60 },
      ...{ max: 61, min: null, flag: 'N' },
    },
  ])
  const fix = (deviceId: string | undefined, lon: number) => ({
    ...{ deviceId: deviceId ?? '', at: minute, lon, lat: place.lat, headingDeg: 0, speedKmh: 10 },
    ...{ alarmBits: 0, statusBits: 3 },
  })
  await recordPositions(db, [fix(truck?.id, place.lon), fix(far?.id, place.lon + 0.1)], { now })
  const id = await complaint('0301')
  await complaint('0111')
  await hearAll(db, holds)
  const { rows } = await sql<{
    key: string
  }>`select key from graphile_worker.jobs where task_identifier = 'cases.hold-sensed'`.execute(db)
  expect(rows).toEqual([{ key: `cases.hold-sensed ${id}` }])

  await holdSensed(db, id, now)
  expect(await holdsOf(monitor?.id)).toEqual([[id, 'near', false]])
  expect(await holdsOf(truck?.id)).toEqual([[id, 'near', false]])
  expect(await holdsOf(far?.id)).toEqual([])

  const step = { step: 'refuse', at: new Date().toISOString(), reason: '已处理' } as const
  await as(desk)(takeStep, { params: { id }, body: step })
  await hearAll(db, holds)
  expect(await holdsOf(monitor?.id)).toEqual([[id, 'near', true]])
})

test('what is looked up only after a case has ended is held as of one that has ended [SEN-29]', async () => {
  const id = await complaint('0301')
  const step = { step: 'refuse', at: new Date().toISOString(), reason: '重复' } as const
  await as(desk)(takeStep, { params: { id }, body: step })
  await hearAll(db, holds)
  await holdSensed(db, id, now)
  expect(await holdsOf(monitor?.id)).toContainEqual([id, 'near', true])
})
