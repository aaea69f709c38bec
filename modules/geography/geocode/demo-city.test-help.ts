/** The demo city in memory, read from its files. */
import { readFileSync } from 'node:fs'
import { type LonLat, toDegrees } from '@pentad/platform/geo'
import { parse } from 'csv-parse/sync'
import { cellFinder } from '../cells.ts'
import { type AreaIn, type CityIn, type DrawnIn, featuresOf, middleOfCells, type PlaceIn } from './features.ts'
import { gazetteerOf } from './gazetteer.ts'
import { locate } from './locate.ts'
import { planeAround } from './plane.ts'
import { tellerOf } from './reverse.ts'

const packFile = (path: string): string =>
  readFileSync(new URL(`../../../packs/beijing-demo/${path}`, import.meta.url), 'utf8')
type Cells = Record<string, string>
const table = (path: string): Cells[] => parse(packFile(path), { columns: true })
const cellM = 100

export function demoCity() {
  const cells = table('areas/cells.csv').map((r) => {
    const [xM, yM] = [Number(r.x_m), Number(r.y_m)]
    const corners = [
      [0, 0],
      [cellM, 0],
      [cellM, cellM],
      [0, cellM],
      [0, 0],
    ] as const
    return {
      code: r.code ?? '',
      xM,
      yM,
      at: [Number(r.lon), Number(r.lat)] as LonLat,
      ring: corners.map(([dx, dy]) => toDegrees(xM + dx, yM + dy)),
    }
  })
  const point = (r: Cells) => ({ lon: Number(r.lon), lat: Number(r.lat) })
  const base = JSON.parse(packFile('map/base.geojson')) as {
    features: { properties: { layer: string; class: string; name?: string }; geometry: DrawnIn['geometry'] }[]
  }
  const city: CityIn = {
    areas: table('areas/areas.csv').map((r) => ({
      code: r.code ?? '',
      level: r.level as AreaIn['level'],
      name: r.name ?? '',
    })),
    cells,
    drawn: base.features.map(({ properties, geometry }) => ({
      ...properties,
      name: properties.name ?? null,
      geometry,
    })),
    places: table('places/places.csv').map((r) => ({
      name: r.name ?? '',
      nameEn: r.name_en || null,
      aliases: (r.aliases ?? '').split('|').filter(Boolean),
      kind: r.kind as PlaceIn['kind'],
      ...point(r),
    })),
    addresses: table('places/addresses.csv').map((r) => ({
      road: r.road ?? '',
      number: r.number ?? '',
      estate: r.estate || null,
      building: r.building || null,
      ...point(r),
    })),
  }
  const cellOf = cellFinder(cells)
  const plane = planeAround(middleOfCells(city))
  const features = featuresOf(city, plane)
  const gazetteer = gazetteerOf(features, plane, cellOf)
  const teller = tellerOf(features, plane)
  const names = new Map(city.areas.map((a) => [a.code, a.name]))
  return {
    cells,
    cellOf,
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
