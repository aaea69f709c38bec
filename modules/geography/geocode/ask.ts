/** Geocoding for the server: forward, reverse, and the words of earlier cases. */
import { crsNamed, degreesFrom } from '@pentad/platform/crs'
import type { Db } from '@pentad/platform/db'
import { isRefusal } from '@pentad/platform/refusal'
import { isGone } from '../components/model.ts'
import { componentById } from '../components/queries.ts'
import { type Locator, locatorOf } from '../locator.ts'
import { type Candidate, coordinateIn } from './model.ts'
import { keepSaid, saidPlace } from './queries.ts'
import { keyOf } from './text.ts'

export interface GeocodeOrder {
  words: string
  /** The system of coordinates that are pasted; CGCS2000/WGS84 unless said. */
  crs?: string | undefined
}
export interface Geocoded extends Candidate {
  cell: string
}

/** Candidates for what was said, best first; a pasted coordinate is one too. */
export async function geocode(db: Db, { words, crs }: GeocodeOrder, locator?: Locator): Promise<Geocoded[]> {
  const at = locator ?? (await locatorOf(db))
  const pasted = coordinateIn(words)
  if (pasted) return atCoordinate(at, pasted, crs)
  const component = await componentSaid(db, words)
  if (component) return [component]
  const found = at.locate(words)
  const known = await saidPlace(db, saidKey(words))
  if (!known) return found
  const place = at.placeOf(known)
  if (isRefusal(place)) return found
  // What a seat confirmed before outweighs what is reckoned, more so each time.
  const confidence = Math.min(0.98, 0.85 + 0.04 * known.times)
  const name = found[0] ? found[0].name : at.wordsFor(known, place)['zh-CN']
  return [
    {
      name,
      kind: 'said' as const,
      lon: known.lon,
      lat: known.lat,
      cell: place.cell,
      confidence,
      reasons: [{ code: 'said-before' as const, about: '' }],
      spans: [],
    },
    ...found,
  ].sort((a, b) => b.confidence - a.confidence)
}

/** A component's number, as it stands on the pole or the cover. */
async function componentSaid(db: Db, words: string): Promise<Geocoded | undefined> {
  const number = /(?<!\d)\d{16}(?!\d)/.exec(words.normalize('NFKC'))?.[0]
  const component = number === undefined ? undefined : await componentById(db, number)
  if (!component?.cell || isGone(component.state)) return undefined
  const { id, name, lon, lat, cell } = component
  return {
    name: `${name} ${id}`,
    kind: 'component',
    lon,
    lat,
    cell,
    confidence: 0.99,
    reasons: [{ code: 'exact', about: id }],
    spans: [],
  }
}

function atCoordinate(locator: Locator, { x, y }: { x: number; y: number }, said: string | undefined): Geocoded[] {
  const crs = crsNamed(said ?? 'cgcs2000')
  if (!crs || (!crs.startsWith('epsg') && (Math.abs(x) > 180 || Math.abs(y) > 90))) return []
  const [lon, lat] = degreesFrom(crs, x, y)
  const place = locator.placeOf({ lon, lat })
  if (isRefusal(place)) return []
  const point = { lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)) }
  // The street stands beside it anyway.
  const name = locator.wordsFor(point, place)['zh-CN'].replace(/\([^()]*\)$/, '')
  const reasons = [{ code: 'coordinate' as const, about: crs.toUpperCase() }]
  return [{ name, kind: 'coordinate', ...point, cell: place.cell, confidence: 0.99, reasons, spans: [] }]
}

/** Unit and room are nobody's business once the place is known. */
const saidKey = (words: string): string =>
  keyOf(words.replace(/[0-9零一二三四五六七八九十]+ *(单元|室|户|层|门).*$/, ''))
const shortestSaid = 3

/** Remembers what a caller called a place, once a case of it was filed. */
export async function rememberSaid(
  db: Db,
  words: string,
  { lon, lat }: { lon: number; lat: number },
  now: Date,
): Promise<void> {
  const key = saidKey(words)
  if (key.length < shortestSaid || key.length > 80 || coordinateIn(words)) return
  await keepSaid(db, key, lon, lat, now)
}
