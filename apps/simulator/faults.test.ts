import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDrive, onFoot, roadNet } from './drive.ts'
import { facilityAt } from './facility-shape.ts'
import { createSpoiler, type Faults, faultsFrom } from './faults.ts'
import { type LedgerRow, openLedger, readLedger } from './ledger.ts'
import { batteryAt } from './phone.ts'
import { chance } from './random.ts'
import { clockwork, readRecording } from './replay.ts'
import { measuredAir, weatherAt } from './weather-shape.ts'

const frames = Array.from({ length: 2000 }, (_, n) => new TextEncoder().encode(`frame ${n}.`))
const through = (faults: Faults, seed = 1): string[] => {
  const spoil = createSpoiler(faults, chance(seed))
  return frames.flatMap(spoil).map((piece) => (piece === 'cut' ? piece : new TextDecoder().decode(piece)))
}
const whole = frames.map((f) => new TextDecoder().decode(f))
const about = (n: number) => ({ least: n * 0.7, most: n * 1.3 })

test('without faults everything goes out as it is, whatever the seed [SEN-29]', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(through({}, seed)).toEqual(whole)
    }),
    { numRuns: 5 },
  )
})

test.each([
  ['loss', (out: string[]) => whole.length - out.length],
  ['duplicates', (out: string[]) => out.length - new Set(out).size],
  [
    'reordering',
    (out: string[]) => out.filter((f, i) => i > 0 && whole.indexOf(f) < whole.indexOf(out[i - 1] ?? '')).length,
  ],
  ['garbage', (out: string[]) => out.filter((f) => !whole.includes(f)).length],
  ['noise', (out: string[]) => out.filter((f) => !whole.includes(f)).length],
  ['cuts', (out: string[]) => out.filter((f) => f === 'cut').length],
] as const)('%s happens as often as was asked for, and the same way for the same seed [SEN-29]', (fault, countOf) => {
  const out = through({ [fault]: 0.1 })
  expect(through({ [fault]: 0.1 })).toEqual(out)
  expect(through({ [fault]: 0.1 }, 2)).not.toEqual(out)
  const { least, most } = about(200)
  expect(countOf(out)).toBeGreaterThan(least)
  expect(countOf(out)).toBeLessThan(most)
})

test('faults are said for all fleets or for one, and a word nobody knows is refused', () => {
  const faults = faultsFrom(['loss=0.05,drift=30', 'vehicles:cuts=0.02,loss=0'])
  expect(faults.monitors).toEqual({ loss: 0.05, driftS: 30 })
  expect(faults.vehicles).toEqual({ loss: 0, driftS: 30, cuts: 0.02 })
  for (const wrong of ['loss=2', 'lost=0.1', 'boats:loss=0.1', 'loss', 'drift=-1'])
    expect(() => faultsFrom([wrong])).toThrow()
})

test('a ledger is read as it was written, and goes on where it ended [SEN-29]', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pentad-ledger-test-'))
  try {
    const row = fc.oneof(
      fc.record({
        what: fc.constant('fix' as const),
        protocol: fc.constantFrom('jt808', 'osmand'),
        device: fc.stringMatching(/^[0-9a-z-]{1,20}$/),
        atMs: fc.integer({ min: 0, max: 2e12 }),
        lonE6: fc.integer({ min: -180e6, max: 180e6 }),
        latE6: fc.integer({ min: -90e6, max: 90e6 }),
      }),
      fc.record({
        what: fc.constant('value' as const),
        protocol: fc.constantFrom('hj212', 'mqtt'),
        device: fc.stringMatching(/^[0-9a-z-]{1,20}$/),
        atMs: fc.integer({ min: 0, max: 2e12 }),
        factor: fc.constantFrom('Leq', 'rain', 'cover-open'),
        period: fc.constantFrom('rtd' as const, 'minute' as const),
        value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => v + 0),
      }),
    )
    let n = 0
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.array(row), async (one, two) => {
        const file = join(folder, `${n++}.tsv`)
        for (const rows of [one, two]) {
          const ledger = openLedger(file)
          ledger.note(rows)
          ledger.close()
        }
        const read: LedgerRow[] = []
        if (one.length + two.length > 0) for await (const r of readLedger(file)) read.push(r)
        expect(JSON.stringify(read)).toBe(JSON.stringify([...one, ...two]))
      }),
      { numRuns: 30 },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a recording is played faster, never in the future, and ends now [SEN-02] [SEN-09]', () => {
  const recording = readRecording(
    'device,at,factor,value,lon,lat\nMN1,2026-05-21 08:00:00,Leq,60,,\nMN1,2026-05-21 08:10:00,Leq,61.5,,\n199000000001,1779321900,,,116.4,39.9\n',
  )
  expect(recording.values.get('MN1')?.map((v) => v.value)).toEqual([60, 61.5])
  expect(recording.fixes.get('199000000001')).toEqual([
    { atMs: Date.parse('2026-05-21T08:05:00+08:00'), lon: 116.4, lat: 39.9 },
  ])
  fc.assert(
    fc.property(fc.double({ min: 0.2, max: 100, noNaN: true }), (speed) => {
      const start = 1_800_000_000_000
      const { dueMs, stampMs } = clockwork(recording, speed, start)
      for (const atMs of [recording.fromMs, (recording.fromMs + recording.untilMs) / 2, recording.untilMs])
        expect(stampMs(atMs)).toBeLessThanOrEqual(dueMs(atMs) + 1)
      expect(dueMs(recording.untilMs) - dueMs(recording.fromMs)).toBeCloseTo(600_000 / speed, 0)
      if (speed >= 1) expect(dueMs(recording.untilMs) - stampMs(recording.untilMs)).toBeLessThan(1001)
    }),
  )
  expect(clockwork(recording, 5, 0, true).stampMs(recording.fromMs)).toBe(recording.fromMs)
  expect(() => readRecording('device,at,factor,value\nMN1,yesterday,Leq,60\n')).toThrow('line 2')
  expect(() => readRecording('device,at,factor,value\n')).toThrow('empty')
})

test('an officer walks, stands still now and then, and his battery lasts the shift [SEN-11]', () => {
  const line = Array.from({ length: 40 }, (_, n): [number, number] => [116.4 + n * 0.001, 39.9])
  const walk = createDrive(roadNet([{ class: 'lane', line }]), 4, { pace: onFoot, from: ([lon]) => lon < 116.401 })
  const motions = Array.from({ length: 360 }, () => walk(10))
  expect(motions[0]?.lon).toBeLessThan(116.402)
  expect(Math.max(...motions.map((m) => m.speedKmh))).toBeLessThan(6)
  const still = motions.filter((m) => m.speedKmh === 0).length
  expect(still).toBeGreaterThan(10)
  expect(still).toBeLessThan(350)
  for (let h = 0; h < 24; h++) {
    const level = batteryAt(1, 'phone', new Date(Date.parse('2026-05-21T00:00:00+08:00') + h * 3_600_000))
    expect(level).toBeGreaterThanOrEqual(0)
    expect(level).toBeLessThanOrEqual(100)
  }
})

test('facilities measure what can be: covers lie, bins fill and are emptied, water stands low [SEN-23] [SEN-22]', () => {
  const at = (h: number) => new Date(Date.parse('2026-05-21T00:00:00+08:00') + h * 3_600_000)
  const hours = Array.from({ length: 24 * 30 }, (_, h) => h)
  const fills = hours.map((h) => facilityAt('bin', 1, 'bin', at(h)).fill ?? -1)
  expect(Math.max(...fills)).toBeLessThanOrEqual(100)
  expect(fills.some((f, i) => i > 0 && f < (fills[i - 1] ?? 0) - 20)).toBe(true)
  const levels = hours.map((h) => facilityAt('level', 1, 'level', at(h)).level ?? -1)
  expect(Math.min(...levels)).toBeGreaterThan(0)
  expect(Math.max(...levels)).toBeLessThan(1)
  const covers = hours.map((h) => facilityAt('cover', 1, 'cover', at(h)))
  expect(covers.filter((c) => c['cover-open'] === 0).length).toBeGreaterThan(hours.length * 0.9)
})

test('wind, rain and dust of a simulated year are those that were measured [SEN-21] [SEN-22]', () => {
  const from = Date.parse('2026-01-01T00:00:00+08:00')
  const hours = Array.from({ length: 365 * 24 }, (_, h) =>
    weatherAt({ seed: 11, mn: 'MN1' }, new Date(from + h * 3_600_000)),
  )
  const of = (factor: string) => hours.map((w) => w[factor] ?? Number.NaN).sort((a, b) => a - b)
  const at = (values: number[], p: number) => values[Math.floor(values.length * p)] ?? Number.NaN
  const wind = of('a01007')
  expect(at(wind, 0.5)).toBeGreaterThan(1)
  expect(at(wind, 0.5)).toBeLessThan(1.9)
  expect(at(wind, 0.9) / measuredAir.windTenths[1]).toBeGreaterThan(0.7)
  expect(at(wind, 0.9) / measuredAir.windTenths[1]).toBeLessThan(1.4)
  const share = of('rain').filter((mm) => mm > 0).length / hours.length
  expect(share).toBeGreaterThan(0.02)
  expect(share).toBeLessThan(0.06)
  const dust = of('a34004')
  expect(at(dust, 0.5)).toBeGreaterThan(35)
  expect(at(dust, 0.5)).toBeLessThan(80)
  expect(at(dust, 0.9)).toBeGreaterThan(120)
  expect(at(dust, 0.9)).toBeLessThan(280)
})
