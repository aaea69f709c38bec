/** Where a point lies, how one says it, and where a said place is: from indexes in memory, for a city changes seldom. */
import type { Db } from '@pentad/platform/db'
import { gathered, perDatabase } from '@pentad/platform/db/gather'
import type { Ring } from '@pentad/platform/geo'
import { type Refusal, refuse } from '@pentad/platform/refusal'
import Flatbush from 'flatbush'
import { boxOf, cellFinder } from './cells.ts'
import { type CityIn, featuresOf, middleOfCells } from './geocode/features.ts'
import { gazetteerOf } from './geocode/gazetteer.ts'
import { type Located, locate } from './geocode/locate.ts'
import { planeAround } from './geocode/plane.ts'
import { standingAddresses, standingPlaces } from './geocode/queries.ts'
import { type Surroundings, tellerOf, type Words } from './geocode/reverse.ts'
import type { Place, Point } from './model.ts'
import { allCells, areaNames, areasOf, mapFeatures, theCity } from './queries.ts'

export type PlaceWords = Words

export interface Locator {
  version: string
  /** The cell that holds a point, or `geography/outside-city`. */
  placeOf: (point: Point) => Place | Refusal
  /** The place as one would say it. */
  wordsFor: (point: Point, place: Place) => PlaceWords
  /** What stands around a point. */
  around: (point: Point) => Surroundings
  nameOf: (code: string) => string
  cellsIn: (west: number, south: number, east: number, north: number) => { code: string; ring: Ring }[]
  ringOf: (cellCode: string) => Ring | undefined
  /** Candidates for a place that was said, best first. */
  locate: (words: string) => Located[]
}

/** By version of the city; a server that serves several databases (tests) holds a few. */
const held = new Map<string, Promise<Locator>>()
const mostHeld = 4

/** Asked at nearly every request: those that ask at once ask together. */
const cityNow = perDatabase((db: Db) =>
  gathered(async (asked: readonly null[]) => {
    const city = await theCity(db)
    return asked.map(() => city)
  }),
)

/** The locator of the city as it is now. */
export async function locatorOf(db: Db): Promise<Locator> {
  const version = (await cityNow(db)(null))?.version ?? 'empty'
  let locator = held.get(version)
  if (!locator) {
    locator = buildLocator(db, version)
    held.set(version, locator)
    locator.catch(() => held.delete(version))
    for (const old of held.keys()) if (held.size > mostHeld) held.delete(old)
  }
  return locator
}

async function buildLocator(db: Db, version: string): Promise<Locator> {
  const cells = await allCells(db)
  const areas = await areasOf(db, null, '')
  const city: CityIn = {
    areas,
    cells: cells.map(({ code, ring }) => ({ code, at: middleOfRing(ring) })),
    drawn: await mapFeatures(db),
    places: await standingPlaces(db),
    addresses: await standingAddresses(db),
  }
  const names = await areaNames(db)
  const nameOf = (code: string) => names.get(code) ?? code
  const rings = new Map(cells.map((c) => [c.code, c.ring]))
  const cellOf = cellFinder(cells)
  const boxes = cells.length ? new Flatbush(cells.length) : undefined
  for (const { ring } of cells) boxes?.add(...boxOf(ring))
  boxes?.finish()

  const plane = planeAround(middleOfCells(city))
  const features = once(() => featuresOf(city, plane))
  const teller = once(() => tellerOf(features(), plane))
  // Many processes only ask where a point lies: names are laid out when the first place is asked for by words.
  const gazetteer = once(() => gazetteerOf(features(), plane, cellOf))
  return {
    version,
    placeOf: ({ lon, lat }) => {
      const code = cellOf({ lon, lat })
      return code === undefined ? refuse('geography/outside-city', { lon, lat }) : placeOfCell(code)
    },
    nameOf,
    ringOf: (code) => rings.get(code),
    wordsFor: ({ lon, lat }, place) =>
      teller().say([lon, lat], { street: nameOf(place.street), community: nameOf(place.community) }),
    around: ({ lon, lat }) => teller().around([lon, lat]),
    cellsIn: (west, south, east, north) =>
      (boxes?.search(west, south, east, north) ?? []).flatMap((i) => cells[i] ?? []),
    locate: (words) => locate(words, gazetteer(), cellOf),
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function middleOfRing(ring: Ring): [number, number] {
  const [west, south, east, north] = boxOf(ring)
  return [(west + east) / 2, (south + north) / 2]
}

/** Codes nest (domain §2.1). */
export const placeOfCell = (cell: string): Place => ({
  cell,
  community: cell.slice(0, 12),
  street: cell.slice(0, 9),
  district: cell.slice(0, 6),
})
