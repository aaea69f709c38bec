import { actorWith, testServer } from '@pentad/platform/testing'
import { devicesOf, judgeFresh, loadDevices, recordObservations, recordPositions } from '@pentad/sensing'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { actsNearTrack, sensedNearCase } from '../contract.ts'
import { intake } from '../intake.ts'
import { insideCell, layTestCity, pointIn } from '../testing.ts'
import { sensedMatter } from './model.ts'

const { db, as } = await testServer(modules)
await layTestCity(db)
const place = pointIn(insideCell)
await loadDevices(db, [
  { kind: 'noise_monitor', address: 'MN1', nameZh: '工地', nameEn: 'Site', nightPermit: false, ...place },
  { kind: 'vehicle', address: '199000000009', nameZh: '渣土车', nameEn: 'Muck truck', unitId: 'a-street' },
])
const [monitor] = await devicesOf(db, 'noise_monitor')
const [truck] = await devicesOf(db, 'vehicle')
const desk = actorWith({ areas: ['110101'], may: ['cases.read', 'sensing.read'] })
const now = new Date()
const ago = (minutes: number) => new Date(Math.floor(now.getTime() / 60_000) * 60_000 - minutes * 60_000)

async function complaint(classCode: string): Promise<string> {
  const taken = await intake(db, {
    ...{
      source: 'hotline',
      kind: 'event',
      classCode,
      point: place,
      text: '半夜施工',
      at: now,
      now,
      actorId: 'citizen',
    },
    original: {},
  })
  if ('refused' in taken) throw new Error(taken.refused)
  return taken.caseId
}

test('a complaint about noise finds the curve, the alarm, the permit and the vehicles near it; others find nothing [SEN-30]', async () => {
  const minutes = Array.from({ length: 40 }, (_, i) => ({
    ...{ deviceId: monitor?.id ?? '', factor: 'Leq', period: 'minute' as const, observedAt: ago(45 - i) },
    ...{ value: 82, max: 84, min: null, flag: 'N' },
  }))
  await recordObservations(db, minutes, { now })
  await judgeFresh(db, now)
  const fix = (minute: number, lon: number) => ({
    ...{ deviceId: truck?.id ?? '', at: ago(minute), lon, lat: place.lat, headingDeg: 0, speedKmh: 10 },
    ...{ alarmBits: 0, statusBits: 3 },
  })
  await recordPositions(db, [fix(40, place.lon + 0.1), fix(20, place.lon + 0.0005), fix(19, place.lon)], { now })

  const id = await complaint('0301')
  const seen = await as(desk)(sensedNearCase, { params: { id }, query: {} })
  expect(seen).toMatchObject({ matter: 'noise', radiusM: 300 })
  expect(seen.sensors).toMatchObject([{ device: { nightPermit: false }, distanceM: 0, curves: [{ factor: 'Leq' }] }])
  expect(seen.sensors[0]?.curves[0]?.points).toHaveLength(40)
  expect(seen.alarms.map((a) => a.rule)).toContain('noise-leq')
  expect(seen.passes).toMatchObject([{ distanceM: 0, from: ago(20).toISOString(), at: ago(19).toISOString() }])

  const rubble = await as(desk)(sensedNearCase, { params: { id: await complaint('0111') }, query: {} })
  expect(rubble).toMatchObject({ matter: null, sensors: [], alarms: [], passes: [] })
  expect([sensedMatter('event', '0304'), sensedMatter('component', '0301')]).toEqual(['dust', null])
  const elsewhere = actorWith({ areas: ['110102'], may: ['cases.read', 'sensing.read'] })
  await expect(as(elsewhere)(sensedNearCase, { params: { id }, query: {} })).rejects.toMatchObject({ status: 404 })
})

test('on the replay of a vehicle stands what was done on cases where it was at that moment, and nothing for strangers [CMD-17]', async () => {
  const drive = async (lon: number) =>
    recordPositions(
      db,
      [
        {
          ...{ deviceId: truck?.id ?? '', at: new Date(), lon, lat: place.lat, headingDeg: 0, speedKmh: 10 },
          ...{ alarmBits: 0, statusBits: 3 },
        },
      ],
      { now: new Date() },
    )
  await drive(place.lon)
  const caseId = await complaint('0301')
  const span = () => ({
    device: truck?.id ?? '',
    from: new Date(Date.now() - 600_000).toISOString(),
    until: new Date(Date.now() + 60_000).toISOString(),
  })
  const acts = async (who = desk, more = {}) =>
    (await as(who)(actsNearTrack, { query: { ...span(), ...more } })).acts.filter((a) => a.caseId === caseId)
  expect(await acts()).toMatchObject([{ act: expect.any(String), distanceM: 0 }])
  // Before it came there it had nothing to do with it.
  const early = { from: ago(60).toISOString(), until: ago(30).toISOString() }
  expect(await acts(desk, early)).toEqual([])
  const elsewhere = actorWith({ areas: ['110102'], may: ['cases.read', 'sensing.read'] })
  await expect(acts(elsewhere)).rejects.toMatchObject({ status: 404 })
})
