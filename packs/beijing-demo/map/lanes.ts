/**
 * Draws the lanes (胡同、支路) of the demo map: `node packs/beijing-demo/map/lanes.ts` rewrites the `lane` features of base.geojson.
 * Schematic (示意): the lines are a jittered grid inside each street area. A name means that a lane of that name is in that street
 * area, not that it runs here.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toDegrees, toMetres } from '../gauss-kruger.ts'
import { insideRing } from '../polygon.ts'
import { type Random, seededRandom } from '../random.ts'
import { readTable } from '../table.ts'
import type { Feature, FeatureCollection, MapProperties, Position, StreetProperties } from '../types.ts'

type Ring = readonly (readonly [number, number])[]

interface Axis {
  /** Unit vector along the lanes. */
  readonly along: readonly [number, number]
  readonly spacingM: number
}

const folder = join(import.meta.dirname, '..')
const stepM = 20
const shortestM = 90

function main(): void {
  const streets = json<FeatureCollection<StreetProperties>>('areas/streets.geojson')
  const base = json<FeatureCollection<MapProperties>>('map/base.geojson')
  const kept = base.features.filter((f) => f.properties.class !== 'lane')
  const closed = kept
    .filter((f) => f.properties.layer === 'water' || f.properties.layer === 'landuse')
    .flatMap((f) => (f.geometry.type === 'Polygon' ? [metres(f.geometry.coordinates[0] ?? [])] : []))
  const names = new Map(
    readTable(folder, 'map/lanes.csv', 'street_code,names_zh', (row) => [
      row.text('street_code'),
      row.list('names_zh'),
    ]),
  )
  const lanes = streets.features.flatMap(({ properties, geometry }) => {
    const parts =
      geometry.type === 'Polygon'
        ? [geometry.coordinates]
        : geometry.type === 'MultiPolygon'
          ? geometry.coordinates
          : []
    const rings = parts.map((part) => metres(part[0] ?? [])).sort((a, b) => b.length - a.length)
    // Names go to the largest part: they are those of the area as a whole.
    return rings.flatMap((ring, i) =>
      lanesOf({
        ring,
        closed,
        names: i === 0 ? (names.get(properties.code) ?? []) : [],
        seed: Number(properties.code) + i,
      }),
    )
  })
  const lines = [...kept, ...lanes].map((feature) => JSON.stringify(feature))
  const head = { name: base.name, licence: base.licence, notice: base.notice }
  const text = `{"type":"FeatureCollection",${JSON.stringify(head).slice(1, -1)},"features":[\n${lines.join(',\n')}\n]}\n`
  writeFileSync(join(folder, 'map/base.geojson'), text)
  console.log(`${lanes.length} lanes, ${Math.round(text.length / 1024)} KiB`)
}

function lanesOf(order: { ring: Ring; closed: readonly Ring[]; names: readonly string[]; seed: number }) {
  const random = seededRandom(order.seed)
  const tilt = random.between(-0.06, 0.06)
  const axes: Axis[] = [
    { along: [Math.cos(tilt), Math.sin(tilt)], spacingM: random.between(105, 165) },
    { along: [-Math.sin(tilt), Math.cos(tilt)], spacingM: random.between(190, 290) },
  ]
  const open = (p: readonly [number, number]): boolean =>
    insideRing(p, order.ring) && !order.closed.some((ring) => insideRing(p, ring))
  const pieces = axes.flatMap((axis) =>
    strokes(order.ring, axis, random).flatMap((stroke) => cut(stroke, open, random)),
  )
  // The longest lanes carry the names, for a name on a stump would not be read.
  const byLength = pieces.map((piece) => ({ piece, lengthM: lengthM(piece) })).sort((a, b) => b.lengthM - a.lengthM)
  return byLength.map(({ piece }, i): Feature<MapProperties> => {
    const name = order.names[i]
    const properties = {
      layer: 'road',
      class: 'lane',
      ...(name === undefined ? {} : { name }),
      schematic: true,
    } as const
    return { type: 'Feature', properties, geometry: { type: 'LineString', coordinates: piece.map(degrees) } }
  })
}

/** Parallel lines over the whole area, their distance jittered by a third. */
function strokes(ring: Ring, { along, spacingM }: Axis, random: Random): [number, number][][] {
  const across = [-along[1], along[0]] as const
  const s = ring.map((p) => p[0] * along[0] + p[1] * along[1])
  const t = ring.map((p) => p[0] * across[0] + p[1] * across[1])
  const lines: [number, number][][] = []
  for (let at = Math.min(...t) + spacingM / 2; at < Math.max(...t); at += spacingM * random.between(0.67, 1.33)) {
    const bend = random.between(-12, 12)
    const line: [number, number][] = []
    for (let run = Math.min(...s); run <= Math.max(...s); run += stepM) {
      const off = at + bend * Math.sin(run / 180)
      line.push([run * along[0] + off * across[0], run * along[1] + off * across[1]])
    }
    lines.push(line)
  }
  return lines
}

/** The parts of a line that lie in the open, broken now and then as lanes are, thinned to a point each 80 m or so. */
function cut(line: [number, number][], open: (p: readonly [number, number]) => boolean, random: Random) {
  const pieces: [number, number][][] = []
  let piece: [number, number][] = []
  let restM = random.between(250, 700)
  for (const point of line) {
    restM -= stepM
    if (open(point) && restM > 0) piece.push(point)
    else {
      pieces.push(piece)
      piece = []
      if (restM <= 0) restM = random.between(250, 700)
    }
  }
  pieces.push(piece)
  return pieces.filter((p) => lengthM(p) >= shortestM).map((p) => p.filter((_, i) => i % 4 === 0 || i === p.length - 1))
}

const lengthM = (line: readonly (readonly [number, number])[]): number =>
  line.reduce((sum, p, i) => {
    const before = line[i - 1]
    return before ? sum + Math.hypot(p[0] - before[0], p[1] - before[1]) : sum
  }, 0)

const metres = (ring: readonly Position[]): Ring =>
  ring.map(([lon, lat]) => {
    const { xM, yM } = toMetres(lon, lat)
    return [xM, yM] as const
  })

const degrees = ([xM, yM]: readonly [number, number]): Position => {
  const { lon, lat } = toDegrees(xM, yM)
  return [Number(lon.toFixed(5)), Number(lat.toFixed(5))]
}

const json = <T>(path: string): T => JSON.parse(readFileSync(join(folder, path), 'utf8')) as T

main()
