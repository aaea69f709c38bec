/**
 * Writes places.csv and addresses.csv: `node packs/beijing-demo/places/generate.ts`. Door plates are generated (演示): numbers run along
 * each named road, odd ones to its left. Estates are invented and marked 演示. Names in known.csv and segments.csv exist; their places
 * are approximate. The same input gives the same files.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toDegrees, toMetres } from '../gauss-kruger.ts'
import { loadPack } from '../index.ts'
import { type Random, seededRandom } from '../random.ts'
import { readTable } from '../table.ts'
import type { Position } from '../types.ts'

type Point = readonly [number, number]

const folder = join(import.meta.dirname, '..')
const pack = loadPack(folder)
const cellAt = new Map(pack.cells.map((c) => [`${c.xM}:${c.yM}`, c]))
const streetAt = ([x, y]: Point): string | undefined =>
  cellAt.get(`${Math.floor(x / 100) * 100}:${Math.floor(y / 100) * 100}`)?.streetCode

const metres = ([lon, lat]: Position): Point => {
  const { xM, yM } = toMetres(lon, lat)
  return [xM, yM]
}
const said = ([x, y]: Point): string => {
  const { lon, lat } = toDegrees(x, y)
  return `${lon.toFixed(5)},${lat.toFixed(5)}`
}
const lengthOf = (line: readonly Point[]): number =>
  line.reduce(
    (sum, p, i) => sum + (i ? Math.hypot(p[0] - (line[i - 1]?.[0] ?? 0), p[1] - (line[i - 1]?.[1] ?? 0)) : 0),
    0,
  )

/** The point at a distance along a line, `aside` metres to its left. */
function along(line: readonly Point[], atM: number, aside: number): Point {
  let rest = atM
  for (let i = 1; i < line.length; i++) {
    const [p, q] = [line[i - 1], line[i]]
    if (!p || !q) continue
    const length = Math.hypot(q[0] - p[0], q[1] - p[1])
    if (rest <= length || i === line.length - 1) {
      const t = Math.min(1, rest / (length || 1))
      const [dx, dy] = [(q[0] - p[0]) / (length || 1), (q[1] - p[1]) / (length || 1)]
      return [p[0] + (q[0] - p[0]) * t - dy * aside, p[1] + (q[1] - p[1]) * t + dx * aside]
    }
    rest -= length
  }
  return line[0] ?? [0, 0]
}

/** Metres along the line of the point nearest to `to`. */
function positionOn(line: readonly Point[], to: Point): number {
  let best = { d: Number.POSITIVE_INFINITY, at: 0 }
  let before = 0
  for (let i = 1; i < line.length; i++) {
    const [p, q] = [line[i - 1], line[i]]
    if (!p || !q) continue
    const [dx, dy] = [q[0] - p[0], q[1] - p[1]]
    const length = Math.hypot(dx, dy)
    const t = Math.min(1, Math.max(0, ((to[0] - p[0]) * dx + (to[1] - p[1]) * dy) / (length * length || 1)))
    const d = Math.hypot(p[0] + dx * t - to[0], p[1] + dy * t - to[1])
    if (d < best.d) best = { d, at: before + length * t }
    before += length
  }
  return best.at
}

/** The part of a line between two points; on a ring road the shorter way round. */
function piece(line: readonly Point[], from: Point, to: Point): Point[] {
  const total = lengthOf(line)
  const ring =
    Math.hypot((line[0]?.[0] ?? 0) - (line.at(-1)?.[0] ?? 0), (line[0]?.[1] ?? 0) - (line.at(-1)?.[1] ?? 0)) < 1
  const start = positionOn(line, from)
  let end = positionOn(line, to)
  if (ring && end - start > total / 2) end -= total
  if (ring && start - end > total / 2) end += total
  const steps = Math.max(1, Math.round(Math.abs(end - start) / 20))
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at = start + ((end - start) * i) / steps
    return along(line, ring ? ((at % total) + total) % total : at, 0)
  })
}

interface Address {
  road: string
  number: string
  at: Point
  estate?: string
  building?: string
}

/** Plates on both sides; now and then a 甲 or a yard (号院), as a street grows. */
function plates(
  road: string,
  line: readonly Point[],
  { stepM, asideM }: { stepM: number; asideM: number },
  random: Random,
): Address[] {
  const list: Address[] = []
  const length = lengthOf(line)
  let odd = 1
  let even = 2
  for (let at = stepM / 2; at < length; at += stepM * random.between(0.7, 1.3)) {
    for (const [side, first] of [
      [1, odd],
      [-1, even],
    ] as const) {
      if (random.next() < 0.12) continue
      const yard = random.next() < 0.06 ? '院' : ''
      list.push({ road, number: `${first}号${yard}`, at: along(line, at, side * asideM) })
      const more = random.next()
      if (more < 0.05) list.push({ road, number: `甲${first}号`, at: along(line, at + 6, side * asideM) })
      if (more < 0.015) list.push({ road, number: `乙${first}号`, at: along(line, at + 10, side * asideM) })
    }
    odd += 2
    even += 2
  }
  return list.filter((a) => streetAt(a.at))
}

const roads = pack.baseMap.features.flatMap(({ properties, geometry }) =>
  properties.layer === 'road' && properties.name && geometry.type === 'LineString'
    ? [{ name: properties.name, lane: properties.class === 'lane', line: geometry.coordinates.map(metres) }]
    : [],
)
const pair = (text: string): Point => {
  const [lon = 0, lat = 0] = text.split(',').map(Number)
  return metres([lon, lat])
}
const segments = readTable(folder, 'places/segments.csv', 'name,aliases,line,from,to', (row) => {
  const line = roads.find((r) => r.name === row.text('line'))?.line
  if (!line) throw new Error(`segments.csv: no road ${row.text('line')}`)
  if (roads.some((r) => r.name === row.text('name') && row.text('name') !== row.text('line')))
    throw new Error(`segments.csv: ${row.text('name')} is on the base map already`)
  return {
    name: row.text('name'),
    aliases: row.text('aliases'),
    of: row.text('line'),
    line: piece(line, pair(row.text('from')), pair(row.text('to'))),
  }
})
const cutUp = new Set(segments.map((s) => s.of))

const lanes = roads.filter((r) => r.lane)
const mains = [...roads.filter((r) => !r.lane && !cutUp.has(r.name)), ...segments]
const addresses = [
  ...lanes.flatMap((r, i) => plates(r.name, r.line, { stepM: 17, asideM: 7 }, seededRandom(7000 + i))),
  ...mains.flatMap((r, i) => plates(r.name, r.line, { stepM: 34, asideM: 18 }, seededRandom(9000 + i))),
]

// Estates: two or three in a street area, each beside a plate of a road that has room.
const firstWords = [
  '槐荫',
  '清和',
  '安泽',
  '文澜',
  '锦棠',
  '景曜',
  '和煦',
  '松涛',
  '望春',
  '听雨',
  '云栖',
  '百草',
  '长乐',
  '瑞雪',
  '翠屏',
  '书香',
  '晴川',
  '朗月',
  '知春',
  '平湖',
]
const lastWords = ['里小区', '苑', '家园', '公寓', '嘉园', '花园']
const seen = new Set<string>()
const estates = pack.streets.features.flatMap(({ properties: { code } }, s) => {
  const random = seededRandom(Number(code))
  const near = addresses.filter((a) => streetAt(a.at) === code)
  return [0, 1, 2].flatMap((n) => {
    const beside = near.length ? random.pick(near) : undefined
    const name = `${firstWords[(s * 3 + n * 7) % firstWords.length]}${lastWords[(s + n * 2) % lastWords.length]}`
    if (!beside || seen.has(name)) return []
    seen.add(name)
    const at: Point = [beside.at[0] + random.between(25, 45), beside.at[1] + random.between(25, 45)]
    if (streetAt(at) !== code) return []
    const buildings = Array.from(
      { length: 3 + Math.floor(random.between(0, 6)) },
      (_, b): Address => ({
        road: beside.road,
        number: beside.number,
        at: [at[0] + (b % 3) * 28 - 28, at[1] + Math.floor(b / 3) * 24],
        estate: `${name}（演示）`,
        building: `${b + 1}号楼`,
      }),
    )
    return [{ name, at, buildings: buildings.filter((b) => streetAt(b.at)) }]
  })
})

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const known = readTable(folder, 'places/known.csv', 'name,name_en,aliases,kind,lon,lat', (row) => ({
  name: row.text('name'),
  nameEn: row.text('name_en'),
  aliases: row.text('aliases'),
  kind: row.text('kind'),
  at: metres([row.number('lon'), row.number('lat')]),
}))
const names = new Set(known.flatMap((k) => [k.name, ...k.aliases.split('|')]))
const centre = (ring: readonly Point[]): Point => [
  ring.reduce((s, p) => s + p[0], 0) / ring.length,
  ring.reduce((s, p) => s + p[1], 0) / ring.length,
]
const drawn = pack.baseMap.features.flatMap(({ properties: { layer, name }, geometry }) => {
  if (layer === 'road' || !name || names.has(name)) return []
  const at =
    geometry.type === 'Point'
      ? metres(geometry.coordinates)
      : geometry.type === 'Polygon'
        ? centre((geometry.coordinates[0] ?? []).map(metres))
        : undefined
  return at ? [{ name, nameEn: '', aliases: '', kind: layer === 'landuse' ? 'park' : 'landmark', at }] : []
})
const outside: string[] = []
const places = [
  ...known,
  ...drawn,
  ...estates.map((e) => ({
    name: `${e.name}（演示）`,
    nameEn: '',
    aliases: [e.name, e.name.replace('小区', '')].filter((a, i, all) => all.indexOf(a) === i).join('|'),
    kind: 'estate',
    at: e.at,
  })),
  ...segments.map((s) => ({
    name: s.name,
    nameEn: '',
    aliases: s.aliases,
    kind: 'street-lane',
    at: along(s.line, lengthOf(s.line) / 2, 0),
  })),
]
  .map((p) => ({ ...p, street: streetAt(p.at) }))
  .filter((p) => {
    if (!p.street) outside.push(p.name)
    return p.street
  })

const placeLines = places.map((p, i) =>
  [`p${String(i + 1).padStart(4, '0')}`, p.name, p.nameEn, p.aliases, p.kind, said(p.at), p.street ?? '']
    .map((c, k) => (k === 5 ? c : cell(c)))
    .join(','),
)
writeFileSync(
  join(folder, 'places/places.csv'),
  `id,name,name_en,aliases,kind,lon,lat,area_code\n${placeLines.join('\n')}\n`,
)
const all = [...addresses, ...estates.flatMap((e) => e.buildings)]
// Two roads of one name are told apart by the street that each plate stands in.
const counted = Map.groupBy(all, (a) => [a.road, a.number, a.estate, a.building].join())
const addressLines = all.map((a) => {
  const twice = (counted.get([a.road, a.number, a.estate, a.building].join())?.length ?? 0) > 1
  return `${a.road},${a.number},${said(a.at)},${a.estate ?? ''},${a.building ?? ''},${twice ? streetAt(a.at) : ''}`
})
writeFileSync(
  join(folder, 'places/addresses.csv'),
  `road,number,lon,lat,estate,building,area_code\n${addressLines.join('\n')}\n`,
)
console.log(`${places.length} places, ${all.length} addresses; outside the city, left out: ${outside.join(' ')}`)
