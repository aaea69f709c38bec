import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replayFrom, replayQuery, speeds } from './address.ts'
import { indexAt, linesOf, marksOf, nextMark, placeAt, playedTo, type Track } from './replay.ts'

const at = (minute: number) => new Date(minute * 60_000).toISOString()
const fix = (minute: number, lon: number) => ({ at: at(minute), lon, lat: 39.9, speedKmh: 30, headingDeg: 90 })
const track: Track = {
  fixes: [fix(0, 116), fix(1, 116.01), fix(2, 116.02), fix(20, 116.1), fix(21, 116.11)],
  gaps: [{ from: at(2), until: at(20) }],
  stops: [],
  wayM: 4000,
  all: 5,
}

test('between two fixes it moves evenly; over a gap it stays where it was heard and is said to be lost [CMD-17]', () => {
  expect(placeAt(track, -1)).toBeNull()
  expect(placeAt(track, 30_000)).toMatchObject({ lon: expect.closeTo(116.005, 9), lost: false })
  expect(placeAt(track, 10 * 60_000)).toMatchObject({ lon: 116.02, lost: true })
  expect(placeAt(track, 20.5 * 60_000)).toMatchObject({ lon: expect.closeTo(116.105, 9), lost: false })
  expect(placeAt(track, 99 * 60_000)).toMatchObject({ lon: 116.11, lost: true })
})

test('the line is cut at gaps, and the way that nobody saw is drawn apart [CMD-17]', () => {
  const { driven, unseen, ends } = linesOf(track)
  expect(ends).toEqual([
    [116, 39.9],
    [116.11, 39.9],
  ])
  expect(driven.map((l) => l.length)).toEqual([3, 2])
  expect(unseen).toEqual([
    [
      [116.02, 39.9],
      [116.1, 39.9],
    ],
  ])
})

test('what happened stands in its order, with where it was; the next and the one before are found [CMD-17]', () => {
  const marks = marksOf(
    'd',
    {
      track,
      stays: [{ fenceId: 'f', name: '步行街', enteredAt: at(1), leftAt: at(21) }],
      alarms: [{ id: 'a', name: '超速', raisedAt: at(1.5), clearedAt: null }],
      cases: [{ id: 'c', number: '7', act: '签收', at: at(400), lon: 116, lat: 39.9 }],
    },
    0,
    30 * 60_000,
  )
  expect(marks.map((m) => m.kind)).toEqual(['enter', 'alarm', 'gap', 'leave'])
  expect(marks[1]).toMatchObject({ lon: expect.closeTo(116.015, 9) })
  expect(nextMark(marks, 60_000, 1)?.kind).toBe('alarm')
  expect(nextMark(marks, 60_000, -1)).toBeUndefined()
  expect(nextMark(marks, 99 * 60_000, -1)?.kind).toBe('leave')
})

test('the last fix that is not later is found whichever moment is asked for', () => {
  const fixes = fc
    .uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 60 })
    .map((minutes) => minutes.sort((a, b) => a - b).map((m) => fix(m, 116)))
  fc.assert(
    fc.property(fixes, fc.integer({ min: -10, max: 1100 }), (all, minute) => {
      const expected = all.filter((f) => Date.parse(f.at) <= minute * 60_000).length - 1
      expect(indexAt(all, minute * 60_000)).toBe(expected)
    }),
  )
})

test('playing goes on by its speed and never beyond the span', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), fc.nat(100), fc.constantFrom(...speeds), (from, took, speed) => {
      const to = playedTo(from, took, speed, 10_000_000)
      expect(to).toBe(Math.min(10_000_000, from + took * speed))
    }),
  )
})

test('an address says the replay again, and one that says nonsense is the last two hours [CMD-17]', () => {
  const now = new Date('2026-05-21T08:00:30Z')
  const second = fc.integer({ min: 0, max: 40 * 3600 })
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.uuid(), { maxLength: 5 }),
      second,
      fc.integer({ min: 60, max: 48 * 3600 }),
      fc.constantFrom(...speeds),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (devices, start, lasts, speed, share) => {
        const from = new Date(Date.parse('2026-05-20T00:00:00Z') + start * 1000)
        const until = new Date(from.getTime() + lasts * 1000)
        const moment = new Date(from.getTime() + Math.floor(lasts * share) * 1000)
        const said = { devices, from, until, at: moment, speed, view: null }
        expect(replayFrom(replayQuery(said), now)).toEqual(said)
      },
    ),
  )
  const usual = replayFrom({ d: 'x', from: 'then', until: '2026-13-01', x: '7', at: 'now' }, now)
  expect(usual).toMatchObject({ devices: [], until: new Date('2026-05-21T08:01:00Z'), at: null, speed: 60 })
  expect(usual.until.getTime() - usual.from.getTime()).toBe(2 * 3_600_000)
  const long = replayFrom({ from: '2026-01-01T00:00:00Z', until: '2026-05-01T00:00:00Z' }, now)
  expect(long.until.getTime() - long.from.getTime()).toBe(48 * 3_600_000)
})
