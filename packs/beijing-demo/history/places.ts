/** Where it happens: hot spots (站口、市场、工地), uneven background over the cells, and returns to the same place. */
import { toDegrees, toMetres } from '../gauss-kruger.ts'
import { insideRing } from '../polygon.ts'
import { type Random, seededRandom, weighted } from '../random.ts'
import { readTable } from '../table.ts'
import type { Cell, Pack, Position } from '../types.ts'
import { must, type Trade } from './arrivals.ts'
import { dayMs } from './clock.ts'
import { pullOf, returnChance, type SpotKind } from './overlay.ts'

export interface Spot {
  readonly nameZh: string
  readonly kind: SpotKind
  readonly xM: number
  readonly yM: number
  readonly radiusM: number
  readonly weight: number
}

export interface Place {
  readonly cell: Cell
  readonly xM: number
  readonly yM: number
  readonly lon: number
  readonly lat: number
  /** The hot spot it belongs to. */
  readonly spot: string | null
}

const kinds = [
  'metro',
  'market',
  'nightlife',
  'scenic',
  'station',
  'hospital',
  'site',
] as const satisfies readonly SpotKind[]
const spotColumns = 'name_zh,kind,lon,lat,radius_m,weight'
const returnDays = 30
/** Spread of the background over the cells (of the logarithm of their weight). */
const unevenness = 0.7
const insetM = 1

export function placesOf(pack: Pack, seed: number) {
  const byCorner = new Map(pack.cells.map((cell) => [`${cell.xM}:${cell.yM}`, cell]))
  const cellAt = (xM: number, yM: number): Cell | undefined =>
    byCorner.get(`${Math.floor(xM / 100) * 100}:${Math.floor(yM / 100) * 100}`)
  const grounds = groundsOf(pack)
  const openness = pack.cells.map((cell) => openTo(grounds, cell))
  const spots = spotsOf(pack).filter((spot) => cellAt(spot.xM, spot.yM))
  const uneven = seededRandom(seed ^ 0xce11)
  const pickCell = weighted(openness.map((open) => open * Math.exp(unevenness * uneven.normal())))
  const closedCells = new Set(pack.cells.filter((_, i) => (openness[i] ?? 0) < 0.1).map((cell) => cell.code))
  const spotPickers = new Map<string, (random: Random) => number>()
  const spotPicker = (trade: Trade): ((random: Random) => number) => {
    const known = spotPickers.get(trade.group)
    if (known) return known
    const picker = weighted(spots.map((spot) => spot.weight * (pullOf(trade.group).to[spot.kind] ?? 0)))
    spotPickers.set(trade.group, picker)
    return picker
  }
  const recent = new Map<string, { atMs: number; place: Place }[]>()

  const inCell = (cell: Cell, xM: number, yM: number, spot: string | null): Place => {
    const x = Math.min(cell.xM + 100 - insetM, Math.max(cell.xM + insetM, xM))
    const y = Math.min(cell.yM + 100 - insetM, Math.max(cell.yM + insetM, yM))
    const { lon, lat } = toDegrees(x, y)
    return { cell, xM: x, yM: y, lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)), spot }
  }
  const atSpot = (trade: Trade, random: Random, named: string | null): Place | null => {
    const spot = spots.find((s) => s.nameZh === named) ?? must(spots[spotPicker(trade)(random)])
    for (let attempt = 0; attempt < 4; attempt++) {
      const xM = spot.xM + random.normal() * spot.radiusM * 0.6
      const yM = spot.yM + random.normal() * spot.radiusM * 0.6
      const cell = cellAt(xM, yM)
      if (cell && !closedCells.has(cell.code)) return inCell(cell, xM, yM, spot.nameZh)
    }
    return null
  }
  const anywhere = (random: Random): Place => {
    const cell = must(pack.cells[pickCell(random)])
    return inCell(cell, cell.xM + random.between(insetM, 99), cell.yM + random.between(insetM, 99), null)
  }
  const again = (trade: Trade, atMs: number, random: Random): Place | null => {
    const earlier = recent.get(trade.key)
    if (!earlier) return null
    while (earlier[0] && earlier[0].atMs < atMs - returnDays * dayMs) earlier.shift()
    if (!earlier.length || random.next() >= returnChance) return null
    const { place } = random.pick(earlier)
    return inCell(place.cell, place.xM + random.normal() * 9, place.yM + random.normal() * 9, place.spot)
  }
  /** `named` binds the place to that hot spot. */
  return (trade: Trade, atMs: number, random: Random, named: string | null = null): Place => {
    const place =
      (named === null ? again(trade, atMs, random) : null) ??
      (named !== null || random.next() < pullOf(trade.group).part ? atSpot(trade, random, named) : null) ??
      anywhere(random)
    const earlier = recent.get(trade.key)
    if (earlier) earlier.push({ atMs, place })
    else recent.set(trade.key, [{ atMs, place }])
    return place
  }
}

function spotsOf(pack: Pack): Spot[] {
  const listed = readTable(import.meta.dirname, 'hotspots.csv', spotColumns, (row) => ({
    nameZh: row.text('name_zh'),
    kind: row.oneOf('kind', kinds),
    ...toMetres(row.number('lon'), row.number('lat')),
    radiusM: row.number('radius_m'),
    weight: row.number('weight'),
  }))
  const sites = pack.sites.map(
    (site, i): Spot => ({
      nameZh: site.siteZh.replace('（演示）', ''),
      kind: 'site',
      ...toMetres(site.lon, site.lat),
      radiusM: 55,
      // The first site, 春秀路12号, is the one the demo day is about.
      weight: i === 0 ? 4 : 1,
    }),
  )
  return [...listed, ...sites]
}

/** Water, palaces, parks: where little or nothing is reported. */
function groundsOf(pack: Pack): { ring: readonly Position[]; open: number; west: number; east: number }[] {
  return pack.baseMap.features.flatMap(({ properties, geometry }) => {
    const open =
      properties.layer === 'water' ? 0 : properties.class === 'palace' ? 0.05 : properties.class === 'park' ? 0.3 : 1
    if (geometry.type !== 'Polygon' || open === 1) return []
    const ring = geometry.coordinates[0] ?? []
    const lons = ring.map(([lon]) => lon)
    return [{ ring, open, west: Math.min(...lons), east: Math.max(...lons) }]
  })
}

const openTo = (grounds: ReturnType<typeof groundsOf>, { lon, lat }: Cell): number =>
  grounds.reduce(
    (open, g) => (lon >= g.west && lon <= g.east && insideRing([lon, lat], g.ring) ? Math.min(open, g.open) : open),
    1,
  )
