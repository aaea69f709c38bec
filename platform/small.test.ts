/** The small pure parts: ids, rights, places in the plane, refusals, blobs, copies. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashPassword, isPassword } from './crypto.ts'
import { bulkTransaction, insertRows } from './db/bulk.ts'
import { copyInto } from './db/copy.ts'
import { sql } from './db/index.ts'
import { migrate } from './db/migrate.ts'
import { bearingDeg, distanceM, inRing, type LonLat, nearestOnLine, toDegrees, toMetres } from './geo.ts'
import { newId, newSpokenCode, spokenCode } from './id.ts'
import { granted, isRefusal, RefusalError, refuse } from './refusal.ts'
import { type Actor, permits } from './rights.ts'
import { settingsFrom } from './settings.ts'
import { testBlobs, testDatabase } from './testing/index.ts'
import { legalDayOf, startOfLegalDay } from './time.ts'

test('ids sort by their time of birth', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 47 }), fc.integer({ min: 1, max: 1000 }), (t, later) => {
      expect(newId(t) < newId(t + later)).toBe(true)
    }),
  )
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('a code that was read aloud is understood with look-alikes, blanks and small letters', () => {
  const code = newSpokenCode()
  expect(
    spokenCode(
      code
        .toLowerCase()
        .replaceAll('0', 'o')
        .replaceAll('1', 'l')
        .replace(/(.{5})/, '$1-'),
    ),
  ).toBe(code)
})

const actor = (areas: string[], units: string[], may: string[]): Actor => ({
  id: 'me',
  name: '',
  grants: [{ role: 'r', unitId: 'u', areas, units, may }],
})

test('a right needs one grant that holds both the permission and the place; two halves do not make one', () => {
  const halves: Actor = {
    id: 'me',
    name: '',
    grants: [...actor(['110101'], [], ['a']).grants, ...actor(['110102'], [], ['b']).grants],
  }
  expect(permits(halves, 'a', { areaCode: '110101001' })).toBe(true)
  expect(permits(halves, 'b', { areaCode: '110101001' })).toBe(false)
  expect(permits(actor([], ['u1'], ['a']), 'a', { areaCode: '110101', units: ['u1'] })).toBe(true)
  expect(permits(actor([], [], ['a']), 'a', { createdBy: 'me' })).toBe(true)
  expect(permits(actor([''], [], ['a']), 'a', { areaCode: null })).toBe(false)
})

test('metres and degrees are each other’s inverse within a millimetre, in the grid of EPSG:4548', () => {
  // The south-west corner of a demo cell, as the grid's own list has it.
  const { xM, yM } = toMetres([116.389394, 39.858083])
  expect(Math.abs(xM - 447_750)).toBeLessThan(1)
  expect(Math.abs(yM - 4_413_950)).toBeLessThan(1)
  fc.assert(
    fc.property(
      fc.double({ min: 115.5, max: 117.5, noNaN: true }),
      fc.double({ min: 39, max: 41.5, noNaN: true }),
      (lon, lat) => {
        const m = toMetres([lon, lat])
        expect(distanceM([lon, lat], toDegrees(m.xM, m.yM))).toBeLessThan(0.001)
      },
    ),
  )
})

test('every point of a tiling lies in exactly one tile, points on shared edges too', () => {
  const tile = (x: number, y: number): LonLat[] => [
    [x, y],
    [x + 1, y],
    [x + 1, y + 1],
    [x, y + 1],
    [x, y],
  ]
  const tiles = [tile(0, 0), tile(1, 0), tile(0, 1), tile(1, 1)]
  const coordinate = fc.oneof(fc.constantFrom(0.5, 1, 1.5), fc.double({ min: 0.001, max: 1.999, noNaN: true }))
  fc.assert(
    fc.property(coordinate, coordinate, (x, y) => {
      expect(tiles.filter((t) => inRing([x, y], t))).toHaveLength(1)
    }),
  )
})

test('directions and the nearest point of a road', () => {
  expect(Math.round(bearingDeg([116, 40], [117, 40]))).toBe(90)
  const near = nearestOnLine(
    [116.5, 40.001],
    [
      [116, 40],
      [117, 40],
    ],
  )
  expect(near.at[0]).toBeCloseTo(116.5, 6)
  expect(near.distanceM).toBeCloseTo(111, 0)
})

test('a refusal is data until it is granted', () => {
  expect(isRefusal(refuse('a/b'))).toBe(true)
  expect(() => granted(refuse('a/b'))).toThrow(RefusalError)
  expect(() => granted(undefined)).toThrow(/not-found/)
  expect(granted(0)).toBe(0)
})

test('a legal day begins at midnight in Shanghai', () => {
  expect(legalDayOf(new Date('2026-05-20T16:00:00Z'))).toBe('2026-05-21')
  expect(startOfLegalDay('2026-05-21')).toEqual(new Date('2026-05-20T16:00:00Z'))
})

test('a password is known again and no other, and two hashes of it differ', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
  expect(one).not.toBe(two)
  expect(await isPassword('correct horse', one)).toBe(true)
  expect(await isPassword('Correct horse', one)).toBe(false)
  expect(await isPassword('x', 'plain')).toBe(false)
})

test('a wrong setting stops the start with a sentence', () => {
  expect(() => settingsFrom({ PENTAD_PORT: 'eighty' })).toThrow(/PENTAD_PORT/)
})

test('the same bytes are one blob, and no path leads out of the store', async () => {
  const blobs = await testBlobs()
  const hash = await blobs.put(Buffer.from('abc'))
  expect(hash).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(await blobs.put(Buffer.from('abc'))).toBe(hash)
  expect(await blobs.read(hash)).toEqual(Buffer.from('abc'))
  expect(() => blobs.stream('../../etc/passwd')).toThrow()
})

test('what is copied in bulk comes back as it was, and a failure leaves nothing', async () => {
  const { db, pool } = await testDatabase()
  await sql`create table odd (t text, d timestamptz, l text[], j jsonb, n int)`.execute(db)
  const text = 'a\tb\nc\\d "e" {f} 中文'
  const at = new Date('2026-01-01T00:00:00Z')
  await bulkTransaction(pool, async ({ client }) =>
    copyInto(
      client,
      'odd',
      ['t', 'd', 'l', 'j', 'n'],
      [
        [text, at, [text, ''], { k: text }, 1],
        [null, null, [], null, null],
      ],
    ),
  )
  const { rows } = await sql`select * from odd order by n`.execute(db)
  expect(rows[0]).toEqual({ t: text, d: at, l: [text, ''], j: { k: text }, n: 1 })
  const fails = bulkTransaction(pool, async ({ db: tx }) => {
    await insertRows(tx, 'odd', { t: 'text', n: 'int' }, [{ t: 'x', n: 2 }])
    throw new Error('on the way')
  })
  await expect(fails).rejects.toThrow('on the way')
  expect((await sql`select from odd`.execute(db)).rows).toHaveLength(2)
})

test('a migration runs once, and one that was changed afterwards is refused', async () => {
  const { pool } = await testDatabase()
  const folder = new URL(`file:///tmp/pentad-migrations-${newId()}/`)
  await mkdir(folder)
  const file = new URL('2026-01-01-1-first.sql', folder)
  await writeFile(file, 'create table first_one (n int)')
  const sources = [{ module: 'trial', folder }]
  expect(await migrate(pool, sources)).toEqual(['trial/2026-01-01-1-first.sql'])
  expect(await migrate(pool, sources)).toEqual([])
  await writeFile(file, 'create table first_one (n bigint)')
  await expect(migrate(pool, sources)).rejects.toThrow(/was changed/)
  await rm(folder, { recursive: true })
})
