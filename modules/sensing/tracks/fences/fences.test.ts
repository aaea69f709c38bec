import { sql } from '@pentad/platform/db'
import { actorWith, testServer } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import { modules } from '../../../../apps/server/modules.ts'
import { addFence, changeFence, deviceStays, endFence, fenceStays, listFences, readFence } from '../../contract.ts'
import { devicesOf, recordPositions } from '../../index.ts'
import { cellA, laySensingCity, pointOf } from '../../testing.ts'

const start = new Date('2026-05-21T01:00:00Z')
let clock = start
const { db, as } = await testServer(modules, { clock: () => clock })
await laySensingCity(db)
const [vehicle] = await devicesOf(db, 'vehicle')
const vehicleId = vehicle?.id ?? ''
const keeper = actorWith({ areas: ['110101'], may: ['sensing.read', 'sensing.set-rules'] })
const stranger = actorWith({ areas: ['110102'], may: ['sensing.read', 'sensing.set-rules'] })
const later = (minutes: number) => new Date(start.getTime() + minutes * 60_000)

const ringAround = ({ lon, lat }: { lon: number; lat: number }, d = 0.0002): [number, number][] => [
  [lon - d, lat - d],
  [lon + d, lat - d],
  [lon + d, lat + d],
  [lon - d, lat + d],
]
const polygon = (ring: [number, number][]) => ({ type: 'Polygon' as const, coordinates: [ring] })
async function drive(minute: number, where: { lon: number; lat: number }): Promise<void> {
  clock = later(minute)
  const fix = { deviceId: vehicleId, at: clock, headingDeg: 0, speedKmh: 20, alarmBits: 0, statusBits: 3, ...where }
  await recordPositions(db, [fix], { now: clock })
}
const day = { from: start.toISOString(), until: later(1440).toISOString() }
const staysIn = async (id: string) => (await as(keeper)(fenceStays, { params: { id }, query: day })).stays

const inside = pointOf(cellA, 50, 50)
const outside = pointOf(cellA, 5, 5)

test('a fence counts whom it concerns, while it holds, and keeps what it said before [CMD-28] [SEN-32]', async () => {
  const body = { name: '步行街', polygon: polygon(ringAround(inside)), validUntil: later(60).toISOString() }
  const { id } = await as(keeper)(addFence, { body })
  const phones = await as(keeper)(addFence, { body: { ...body, name: '仅队员', kinds: ['phone'] } })
  const others = await as(keeper)(addFence, { body: { ...body, name: '他单位', unitIds: ['b-street'] } })

  await drive(1, outside)
  await drive(2, inside)
  expect(await staysIn(id)).toMatchObject([{ deviceId: vehicleId, enteredAt: later(2).toISOString(), leftAt: null }])
  expect([await staysIn(phones.id), await staysIn(others.id)]).toEqual([[], []])

  // The fence is drawn smaller: who stands outside now has left at the next fix, and the old text is still there.
  const smaller = { ...body, name: '步行街东段', polygon: polygon(ringAround(inside, 0.00005)) }
  expect(await as(keeper)(changeFence, { params: { id }, body: smaller })).toEqual({ version: 2 })
  await drive(3, { lon: inside.lon + 0.0001, lat: inside.lat })
  expect(await staysIn(id)).toMatchObject([{ leftAt: later(3).toISOString(), dwellSeconds: 60 }])
  const whole = await as(keeper)(readFence, { params: { id } })
  expect(whole.editions.map((e) => [e.version, e.name['zh-CN']])).toEqual([
    [2, '步行街东段'],
    [1, '步行街'],
  ])
  // Beyond its time nobody is inside.
  await drive(61, inside)
  expect(await staysIn(id)).toHaveLength(1)
  expect(whole.fence.holds).toBe(true)
  expect((await as(keeper)(readFence, { params: { id } })).fence.holds).toBe(false)

  const { stays } = await as(keeper)(deviceStays, { params: { id: vehicleId }, query: day })
  expect(stays).toMatchObject([{ fenceId: id, enteredAt: later(2).toISOString() }])
})

test('a fence that has ended stays known and is changed by nobody; those of another area never see it [CMD-28]', async () => {
  clock = later(100)
  const body = { name: '临时', polygon: polygon(ringAround(inside)) }
  const { id } = await as(keeper)(addFence, { body })
  await drive(101, outside)
  await drive(102, inside)
  await as(keeper)(endFence, { params: { id } })
  expect(await staysIn(id)).toMatchObject([{ leftAt: clock.toISOString() }])
  await expect(as(keeper)(changeFence, { params: { id }, body })).rejects.toMatchObject({
    refusal: { refused: 'sensing/fence-ended' },
  })
  await expect(as(stranger)(readFence, { params: { id } })).rejects.toMatchObject({ status: 404 })
  await expect(as(stranger)(addFence, { body })).rejects.toMatchObject({ status: 403 })
  expect((await as(stranger)(listFences, { query: {} })).fences).toEqual([])
  const line = polygon([
    [inside.lon, inside.lat],
    [inside.lon + 0.0001, inside.lat],
    [inside.lon, inside.lat],
    [inside.lon, inside.lat],
  ])
  await expect(as(keeper)(addFence, { body: { ...body, polygon: line } })).rejects.toMatchObject({
    refusal: { refused: 'sensing/fence-ring' },
  })
  const backwards = { validFrom: later(9).toISOString(), validUntil: later(8).toISOString() }
  await expect(as(keeper)(addFence, { body: { ...body, ...backwards } })).rejects.toMatchObject({
    refusal: { refused: 'sensing/fence-time' },
  })
  expect((await sql`select from sensing.fence where ended_at is null and name_zh = '临时'`.execute(db)).rows).toEqual(
    [],
  )
})
