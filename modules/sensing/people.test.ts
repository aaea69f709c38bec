import { actorWith, testServer } from '@pentad/platform/testing'
import { HOUR, MINUTE } from '@pentad/platform/time'
import { expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { addDevice, deviceCurve, listDevices } from './contract.ts'
import { recordObservations } from './index.ts'
import { measuresOf } from './model.ts'
import { cellA, laySensingCity, pointOf } from './testing.ts'

const now = new Date()
const { db, as } = await testServer(modules)
await laySensingCity(db)
const desk = as(actorWith({ areas: ['110101'], may: ['sensing.read', 'sensing.manage-devices'] }))

test('a people counter stands at its place, says who came, who went and how many are there, and draws the day [SEN-19]', async () => {
  expect(measuresOf.counter?.map(([factor]) => factor)).toEqual(['people-in', 'people-out', 'people'])
  const { lon, lat } = pointOf(cellA, 30, 30)
  const { id } = await desk(addDevice, {
    body: { kind: 'counter', address: 'square-east', name: '广场东口客流', unitId: 'a-street', lon, lat },
  })
  const hours = [20, 12, 4, 1]
  const value = { max: null, min: null, flag: 'N', deviceId: id }
  await recordObservations(
    db,
    hours.flatMap((h, i) => {
      const observedAt = new Date(Math.floor((now.getTime() - h * HOUR) / MINUTE) * MINUTE)
      return [
        { ...value, factor: 'people-in', period: 'minute' as const, observedAt, value: 10 * (i + 1) },
        { ...value, factor: 'people-out', period: 'minute' as const, observedAt, value: 5 * (i + 1) },
        { ...value, factor: 'people', period: 'rtd' as const, observedAt, value: 100 + i },
      ]
    }),
    { now },
  )
  const { devices } = await desk(listDevices, { query: { kind: 'counter' } })
  expect(devices).toMatchObject([{ id, kind: 'counter', state: 'online', lon, lat, areaCode: cellA }])
  const { curves } = await desk(deviceCurve, { params: { id }, query: { minutes: 1440 } })
  const of = (factor: string) => curves.find((c) => c.factor === factor)?.points.map((p) => p.value)
  expect(of('people-in')).toEqual([10, 20, 30, 40])
  expect(of('people-out')).toEqual([5, 10, 15, 20])
  // The newest of them is how many are there now.
  expect(of('people')?.at(-1)).toBe(103)
})
