/** The demo city in memory, for tests and the bench of geocoding. */
import { readFileSync } from 'node:fs'
import { loadPack, loadPlaces } from '@pentad/beijing-demo'
import { type LonLat, toDegrees } from '@pentad/platform/geo'
import { parse } from 'csv-parse/sync'
import { cellFinder } from '../cells.ts'
import { type CityIn, featuresOf, middleOfCells } from './features.ts'
import { gazetteerOf } from './gazetteer.ts'
import { locate } from './locate.ts'
import { planeAround } from './plane.ts'
import { tellerOf } from './reverse.ts'

export function demoCity() {
  const pack = loadPack()
  const cellM = 100
  const cells = pack.cells.map(({ code, xM, yM }) => ({
    code,
    xM,
    yM,
    ring: (
      [
        [0, 0],
        [cellM, 0],
        [cellM, cellM],
        [0, cellM],
        [0, 0],
      ] as const
    ).map(([dx, dy]) => toDegrees(xM + dx, yM + dy)),
  }))
  const city: CityIn = {
    areas: pack.areas,
    cells: pack.cells.map((c): { code: string; at: LonLat } => ({ code: c.code, at: [c.lon, c.lat] })),
    drawn: pack.baseMap.features.map(({ properties, geometry }) => ({
      layer: properties.layer,
      class: properties.class,
      name: properties.name ?? null,
      geometry,
    })),
    ...loadPlaces(),
  }
  const cellOf = cellFinder(cells)
  const began = performance.now()
  const plane = planeAround(middleOfCells(city))
  const features = featuresOf(city, plane)
  const gazetteer = gazetteerOf(features, plane, cellOf)
  const teller = tellerOf(features, plane)
  const buildMs = performance.now() - began
  const names = new Map(pack.areas.map((a) => [a.code, a.name]))
  return {
    pack,
    city,
    cells,
    cellOf,
    buildMs,
    plane,
    teller,
    locate: (words: string) => locate(words, gazetteer, cellOf),
    nameOf: (code: string) => names.get(code) ?? code,
  }
}

export interface TestSentence {
  sentence: string
  form: string
  part: 'develop' | 'held'
  /** Any of these streets is right: a road may run through several. */
  streets: string[]
  at: { lon: number; lat: number; toleranceM: number } | null
}
/** The test set: see packs/beijing-demo/places/sentences.ts. */
export function testSentences(): TestSentence[] {
  const text = readFileSync(new URL('./sentences.csv', import.meta.url), 'utf8')
  const rows = parse(text, { columns: true }) as Record<string, string>[]
  return rows.map((r) => ({
    sentence: r.sentence ?? '',
    form: r.form ?? '',
    part: r.part === 'held' ? 'held' : 'develop',
    streets: (r.street ?? '').split('|'),
    at: r.lon ? { lon: Number(r.lon), lat: Number(r.lat), toleranceM: Number(r.tolerance_m) } : null,
  }))
}
