import { columnOf, inRect, type Key, readFrame, rectOf, rowOf } from '@pentad/platform/picture'
import type { Actor } from '@pentad/platform/rights'
import { type Looker, pictureOf } from '@pentad/platform/serve'
import { actorWith, testServer } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { whoMoves } from '../contract.ts'
import { devicesOf, judgeFresh, liveSources, recordObservations, recordPositions } from '../index.ts'
import { levelOfNumber } from '../model.ts'
import { cellA, cellB, laySensingCity, minuteRecords, pointOf } from '../testing.ts'

const night = new Date('2026-05-21T15:00:00Z')
const { db, as } = await testServer(modules, { clock: () => night })
await laySensingCity(db)
const a = actorWith({ areas: ['110101'], may: ['sensing.read'] })
const b = actorWith({ areas: ['110102'], may: ['sensing.read'] })
const [vehicle] = await devicesOf(db, 'vehicle')
const [monitor] = await devicesOf(db, 'noise_monitor')
const city = rectOf([116, 39, 117, 41])

function looks(actor: Actor) {
  const has = new Map<Key, { lonE6: number; latE6: number; speedKmh: number | null; kind: number; state: number }>()
  const looker: Looker = {
    ...{ actor, rect: city, anew: false, kinds: 0xffff_ffff, waiting: () => 0 },
    send: (frame) =>
      readFrame(new Uint8Array(frame).buffer, {
        begin: ({ forget }) => forget && has.clear(),
        gone(key, x, y) {
          const there = has.get(key)
          if (there && columnOf(there.lonE6) === x && rowOf(there.latE6) === y) has.delete(key)
        },
        here: (key, lonE6, latE6, _heading, speedKmh, kind, state) =>
          has.set(key, { lonE6, latE6, speedKmh, kind, state }),
      }),
  }
  return { looker, has }
}
const source = (subject: string) => {
  const found = liveSources.find((s) => s.subject === subject)
  if (!found) throw new Error(`no live source of ${subject}`)
  return found
}
const fix = (minute: number, where: { lon: number; lat: number }) => ({
  ...{ deviceId: vehicle?.id ?? '', at: new Date(night.getTime() + minute * 60_000), headingDeg: 90, speedKmh: 42 },
  ...{ alarmBits: 0, statusBits: 3, ...where },
})

test('a vehicle is in the picture of those among whom it drives, and passes from one to the other [SEN-02] [CMD-28]', async () => {
  await recordPositions(db, [fix(0, pointOf(cellA))], { now: night })
  const picture = pictureOf(source('moving'))
  const [one, other] = [looks(a), looks(b)]
  picture.add(one.looker)
  picture.add(other.looker)
  await picture.turn(db, 0)
  const handle = vehicle?.handle ?? 0
  expect(one.has.get(handle)).toMatchObject({ speedKmh: 42, lonE6: Math.round(pointOf(cellA).lon * 1e6) })
  expect(other.has.size).toBe(0)

  await recordPositions(db, [fix(1, pointOf(cellB))], { now: new Date(night.getTime() + 60_000) })
  await expect
    .poll(async () => {
      await picture.turn(db, 0)
      return [one.has.size, other.has.size]
    })
    .toEqual([0, 1])
  const place = other.has.get(handle)
  expect(place && inRect(columnOf(place.lonE6), rowOf(place.latE6), city)).toBe(true)

  const query = { handles: `${handle},999999` }
  expect((await as(b)(whoMoves, { query })).moving).toMatchObject([
    { handle, deviceId: vehicle?.id, label: '京A·T001', kind: 'vehicle' },
  ])
  expect((await as(a)(whoMoves, { query })).moving).toEqual([])
  expect((await as(b)(whoMoves, { query: { ids: vehicle?.id ?? '' } })).moving).toHaveLength(1)
})

test('an alarm is in the picture while it is open, with its level, for those who may see its place [SEN-10]', async () => {
  const picture = pictureOf(source('alarms'))
  const [one, other] = [looks(a), looks(b)]
  picture.add(one.looker)
  picture.add(other.looker)
  await picture.turn(db, 0)
  expect(one.has.size).toBe(0)
  const say = async (from: number, levels: number[]) => {
    const at = new Date(night.getTime() + from * 60_000)
    const now = new Date(at.getTime() + levels.length * 60_000)
    await recordObservations(db, minuteRecords(monitor?.id ?? '', at, levels), { now })
    await judgeFresh(db, now)
  }
  await say(
    0,
    Array.from({ length: 30 }, () => 66),
  )
  const turned = async () => {
    await picture.turn(db, 0)
    return one.has.size
  }
  await expect.poll(turned).toBeGreaterThan(0)
  expect([...one.has.values()].map((x) => levelOfNumber(x.state))).toContain('alarm')
  expect(other.has.size).toBe(0)
  await say(
    30,
    Array.from({ length: 60 }, () => 40),
  )
  await expect.poll(turned).toBe(0)
})
