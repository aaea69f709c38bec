import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Db } from '../../db/index.ts'
import { columnOf, inRect, type Key, type Rect, readFrame, rectOf, rowOf } from '../../picture.ts'
import type { Actor } from '../../rights.ts'
import { type LiveThing, type Looker, mostPicturesWaiting, pictureOf } from './index.ts'

const noDb = {} as Db
const actorOf = (areas: readonly string[]): Actor => ({
  id: areas.join(),
  name: '',
  grants: [{ role: 'r', unitId: 'u', areas, units: [], may: ['see'] }],
})

/** A client, as a page is one. */
function client(areas: readonly string[]) {
  const has = new Map<Key, { x: number; y: number; at: string }>()
  let counted: number | null = null
  let bytes = 0
  let frames = 0
  const state = { blocked: false }
  const looker: Looker = {
    actor: actorOf(areas),
    rect: null,
    anew: false,
    kinds: 0xffff_ffff,
    waiting: () => (state.blocked ? mostPicturesWaiting + 1 : 0),
    send(frame) {
      frames++
      bytes += frame.length
      const stale = new Set<Key>()
      let what: string = ''
      readFrame(new Uint8Array(frame).buffer, {
        begin({ forget, rect, what: w }) {
          what = w
          counted = w === 'counts' ? 0 : null
          for (const [key, { x, y }] of has) if (forget || !inRect(x, y, rect)) stale.add(key)
        },
        cellGone(x, y) {
          for (const [key, p] of has) if (p.x === x && p.y === y) stale.add(key)
        },
        gone(key, x, y) {
          const there = has.get(key)
          if (there?.x === x && there.y === y) stale.add(key)
        },
        here(key, lonE6, latE6) {
          stale.delete(key)
          has.set(key, { x: columnOf(lonE6), y: rowOf(latE6), at: `${lonE6} ${latE6}` })
        },
        bin({ count }) {
          counted = (counted ?? 0) + count
        },
      })
      if (what === 'counts') has.clear()
      for (const key of stale) has.delete(key)
    },
  }
  return {
    looker,
    state,
    has: () => [...has].map(([key, { at }]) => `${key} ${at}`).sort(),
    counted: () => counted,
    bytes: () => bytes,
    frames: () => frames,
  }
}

const place = fc.record({
  lonE6: fc.integer({ min: 116_300_000, max: 116_360_000 }),
  latE6: fc.integer({ min: 39_900_000, max: 39_940_000 }),
})
const thing = fc
  .record({ key: fc.integer({ min: 1, max: 12 }), place, area: fc.constantFrom('110101', '110102', '1202') })
  .map(
    ({ key, place: at, area }): LiveThing => ({
      ...{ key, ...at, headingDeg: null, speedKmh: null, kind: 1, state: 0, areaCode: area, unitId: null },
    }),
  )
const view = fc
  .record({
    west: fc.integer({ min: 116_290, max: 116_350 }),
    south: fc.integer({ min: 39_890, max: 39_930 }),
    wide: fc.integer({ min: 1, max: 60 }),
    high: fc.integer({ min: 1, max: 40 }),
  })
  .map(
    ({ west, south, wide, high }): Rect =>
      rectOf([west / 1000, south / 1000, (west + wide) / 1000, (south + high) / 1000]),
  )
const turn = fc.record({
  here: fc.array(thing, { maxLength: 6 }),
  gone: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 2 }),
  looks: fc.option(view, { freq: 3 }),
  away: fc.boolean(),
  blocked: fc.boolean(),
})

test('whoever looks has exactly what lies in view and is theirs to see, however they move, lag or come back [CMD-28] [SEN-02]', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(turn, { minLength: 1, maxLength: 14 }),
      fc.constantFrom(['1101'], ['110101'], ['']),
      fc.constantFrom(3, 100),
      async (turns, areas, most) => {
        const world = new Map<Key, LiveThing>()
        let change: { here: LiveThing[]; gone: Key[] } = { here: [], gone: [] }
        const picture = pictureOf({
          subject: 'moving',
          everyMs: 1,
          may: 'see',
          most,
          changed: async (_, cursor) =>
            cursor === null
              ? { cursor: '1', here: [...world.values()], gone: [] }
              : { cursor: '1', here: change.here, gone: change.gone },
        })
        const one = client(areas)
        const all = client([''])
        all.looker.rect = rectOf([116, 39, 117, 40])
        picture.add(one.looker)
        picture.add(all.looker)
        for (const t of turns) {
          change = { here: t.here, gone: t.gone.filter((k) => !t.here.some((h) => h.key === k)) }
          for (const key of change.gone) world.delete(key)
          for (const h of t.here) world.set(h.key, h)
          if (t.away) {
            one.looker.rect = null
            one.looker.anew = true
          } else if (t.looks) one.looker.rect = t.looks
          one.state.blocked = t.blocked
          await picture.turn(noDb, 1)
        }
        // The line is free again; counts come every fourth turn at the latest.
        one.state.blocked = false
        change = { here: [], gone: [] }
        for (let n = 0; n < 5; n++) await picture.turn(noDb, 1)
        const { rect } = one.looker
        const expected = [...world.values()].filter(
          (t) =>
            rect !== null &&
            inRect(columnOf(t.lonE6), rowOf(t.latE6), rect) &&
            areas.some((a) => t.areaCode?.startsWith(a)),
        )
        if (rect === null) return
        if (one.counted() === null)
          expect(one.has()).toEqual(expected.map((t) => `${t.key} ${t.lonE6} ${t.latE6}`).sort())
        else {
          expect(one.counted()).toBe(expected.length)
          expect(expected.length).toBeGreaterThan(most * 0.85)
        }
        expect(all.counted() ?? all.has().length).toBe(world.size)
      },
    ),
    { numRuns: 300 },
  )
})

test('one who does not read is sent nothing more, and nothing is kept for them', async () => {
  let n = 0
  const moving = (): LiveThing[] => [
    {
      ...{ key: 1, lonE6: 116_310_000 + n++ * 20, latE6: 39_900_000, headingDeg: 90, speedKmh: 30, kind: 1, state: 0 },
      ...{ areaCode: '110101', unitId: null },
    },
  ]
  const picture = pictureOf({
    ...{ subject: 'moving', everyMs: 1, may: 'see', most: 100 },
    changed: async () => ({ cursor: '1', here: moving(), gone: [] }),
  })
  const slow = client([''])
  slow.looker.rect = rectOf([116, 39, 117, 40])
  picture.add(slow.looker)
  await picture.turn(noDb, 1)
  slow.state.blocked = true
  for (let i = 0; i < 50; i++) await picture.turn(noDb, 1)
  expect(slow.frames()).toBe(1)
  slow.state.blocked = false
  await picture.turn(noDb, 1)
  // One frame with where it is now, not fifty with where it was.
  expect(slow.frames()).toBe(2)
  expect(slow.has()).toEqual([`1 ${116_310_000 + 51 * 20} 39900000`])
})

test('those who look at the same with the same rights get the very same bytes', async () => {
  const sent: Uint8Array[] = []
  const picture = pictureOf({
    ...{ subject: 'moving', everyMs: 1, may: 'see', most: 100 },
    changed: async () => ({
      ...{ cursor: '1', gone: [] },
      here: [
        {
          ...{ key: 1, lonE6: 116_310_000, latE6: 39_900_000, headingDeg: 90, speedKmh: 30, kind: 1, state: 0 },
          ...{ areaCode: '110101', unitId: null },
        },
      ],
    }),
  })
  const lookers = [1, 2, 3].map(
    (): Looker => ({
      ...{ actor: actorOf(['1101']), rect: rectOf([116, 39, 117, 40]), anew: false, kinds: 0xffff_ffff },
      ...{ waiting: () => 0, send: (frame) => sent.push(frame) },
    }),
  )
  for (const l of lookers) picture.add(l)
  await picture.turn(noDb, 1)
  await picture.turn(noDb, 2)
  expect(sent).toHaveLength(6)
  expect(new Set(sent).size).toBe(2)
})
