/**
 * Lays a simulated census of 部件 along the roads of the demo map: `node packs/beijing-demo/components/generate.ts` rewrites the
 * tables beside it. Shares, spacings and states are invented; what stands where is nobody's survey (模拟数据). No clock, one seed.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toDegrees, toMetres } from '../gauss-kruger.ts'
import { type Random, seededRandom, weighted } from '../random.ts'
import { readTable } from '../table.ts'
import type { FeatureCollection, MapProperties } from '../types.ts'

/** Ours: on which roads, metres between two of them along the road, metres beside its middle. */
interface Kind {
  code: string
  name: string
  file: string
  every: Partial<Record<'main' | 'lane', number>>
  asideM: readonly [number, number]
  owner: string
  /** Without the district: `dc-` or `xc-` goes before it. */
  unit: string
  maintainer: string
  accuracy: 'A' | 'B' | 'C'
}
const cover = { file: 'covers', asideM: [0, 6], accuracy: 'A' } as const
const kinds: readonly Kind[] = [
  {
    ...cover,
    code: '0101',
    name: '上水井盖',
    every: { main: 210, lane: 240 },
    owner: '演示供水公司',
    unit: 'water',
    maintainer: '演示供水公司',
  },
  {
    ...cover,
    code: '0102',
    name: '污水井盖',
    every: { main: 190, lane: 190 },
    owner: '演示排水集团',
    unit: 'drainage',
    maintainer: '排水管理所',
  },
  {
    ...cover,
    code: '0103',
    name: '雨水井盖',
    every: { main: 170, lane: 260 },
    owner: '演示排水集团',
    unit: 'drainage',
    maintainer: '排水管理所',
  },
  {
    ...cover,
    code: '0104',
    name: '雨水箅子',
    every: { main: 110, lane: 210 },
    owner: '演示排水集团',
    unit: 'drainage',
    maintainer: '排水管理所',
  },
  {
    ...cover,
    code: '0105',
    name: '电力井盖',
    every: { main: 260, lane: 420 },
    owner: '演示供电公司',
    unit: 'power',
    maintainer: '演示供电公司',
  },
  {
    ...cover,
    code: '0107',
    name: '通信井盖',
    every: { main: 230, lane: 380 },
    owner: '演示通信联合体',
    unit: 'telecom',
    maintainer: '演示通信联合体',
  },
  {
    ...cover,
    code: '0110',
    name: '热力井盖',
    every: { main: 480 },
    owner: '演示供热公司',
    unit: 'heat',
    maintainer: '演示供热公司',
  },
  {
    ...cover,
    code: '0111',
    name: '燃气井盖',
    every: { main: 430, lane: 520 },
    owner: '演示燃气公司',
    unit: 'gas',
    maintainer: '演示燃气公司',
  },
  {
    code: '0137',
    name: '路灯',
    file: 'lamps',
    every: { main: 75, lane: 130 },
    asideM: [6, 14],
    owner: '演示路灯公司',
    unit: 'lighting',
    maintainer: '演示路灯公司',
    accuracy: 'A',
  },
  {
    code: '0127',
    name: '通讯交接箱',
    file: 'street',
    every: { main: 900, lane: 1500 },
    asideM: [8, 16],
    owner: '演示通信联合体',
    unit: 'telecom',
    maintainer: '演示通信联合体',
    accuracy: 'B',
  },
  {
    code: '0204',
    name: '公交站亭',
    file: 'street',
    every: { main: 620 },
    asideM: [10, 16],
    owner: '演示公交公司',
    unit: 'bus',
    maintainer: '演示公交公司',
    accuracy: 'B',
  },
  {
    code: '0212',
    name: '路名牌',
    file: 'street',
    every: { main: 700, lane: 480 },
    asideM: [5, 10],
    owner: '区城管委',
    unit: 'municipal',
    maintainer: '市政设施管理所',
    accuracy: 'B',
  },
  {
    code: '0217',
    name: '交通护栏',
    file: 'street',
    every: { main: 240 },
    asideM: [0, 4],
    owner: '区交通支队',
    unit: 'traffic',
    maintainer: '公安交通支队',
    accuracy: 'C',
  },
  {
    code: '0281',
    name: '交通信号灯',
    file: 'street',
    every: { main: 420 },
    asideM: [7, 13],
    owner: '区交通支队',
    unit: 'traffic',
    maintainer: '公安交通支队',
    accuracy: 'A',
  },
  {
    code: '0301',
    name: '公共厕所',
    file: 'sanitation',
    every: { main: 2100, lane: 900 },
    asideM: [12, 24],
    owner: '区环卫中心',
    unit: 'sanitation',
    maintainer: '环卫服务中心',
    accuracy: 'B',
  },
  {
    code: '0305',
    name: '垃圾箱',
    file: 'sanitation',
    every: { main: 180, lane: 230 },
    asideM: [6, 12],
    owner: '区环卫中心',
    unit: 'sanitation',
    maintainer: '环卫服务中心',
    accuracy: 'B',
  },
  {
    code: '0402',
    name: '行道树',
    file: 'trees',
    every: { main: 85, lane: 200 },
    asideM: [6, 13],
    owner: '区园林局',
    unit: 'landscape',
    maintainer: '园林绿化局',
    accuracy: 'B',
  },
  {
    code: '0401',
    name: '古树名木',
    file: 'trees',
    every: { lane: 1900 },
    asideM: [10, 30],
    owner: '区园林局',
    unit: 'landscape',
    maintainer: '园林绿化局',
    accuracy: 'A',
  },
  {
    code: '0407',
    name: '街头座椅',
    file: 'trees',
    every: { main: 620 },
    asideM: [9, 16],
    owner: '区园林局',
    unit: 'landscape',
    maintainer: '园林绿化局',
    accuracy: 'B',
  },
]

const folder = join(import.meta.dirname, '..')
/** The census has come this far (普查首期): seven streets around 东直门 and four of Xicheng; the others follow. */
const surveyed: ReadonlySet<string> = new Set([
  '110101003',
  '110101004',
  '110101005',
  '110101006',
  '110101007',
  '110101009',
  '110101010',
  '110102001',
  '110102003',
  '110102007',
  '110102012',
])
/** So many metres from the edge of a cell: rounding must not carry a point over it. */
const clearOfEdgeM = 0.5
const states = ['', 'damaged', 'lost', 'abolished'] as const
const stateOf = weighted([965, 24, 7, 4])

type Line = readonly (readonly [number, number])[]

function main(): void {
  const random = seededRandom(20_260_522)
  const base = JSON.parse(readFileSync(join(folder, 'map/base.geojson'), 'utf8')) as FeatureCollection<MapProperties>
  const cells = new Map(
    readTable(folder, 'areas/cells.csv', 'code,community_code,street_code,x_m,y_m,lon,lat', (row) => [
      `${row.number('x_m')}:${row.number('y_m')}`,
      row.text('code'),
    ]),
  )
  const files = new Map<string, string[]>()
  const serials = new Map<string, number>()
  for (const { properties, geometry } of base.features) {
    if (properties.layer !== 'road' || geometry.type !== 'LineString') continue
    const line = (geometry.coordinates as Line).map(([lon, lat]) => toMetres(lon, lat))
    const road = properties.class === 'lane' ? 'lane' : 'main'
    for (const kind of kinds) {
      const every = kind.every[road]
      if (every === undefined) continue
      for (const at of along(line, every, kind.asideM, random)) {
        const cell = cells.get(`${Math.floor(at.xM / 100) * 100}:${Math.floor(at.yM / 100) * 100}`)
        if (!cell || !surveyed.has(cell.slice(0, 9)) || nearEdge(at.xM) || nearEdge(at.yM)) continue
        const prefix = cell.slice(0, 6) + kind.code
        const serial = (serials.get(prefix) ?? 0) + 1
        serials.set(prefix, serial)
        const rows = files.get(kind.file) ?? []
        files.set(kind.file, rows)
        rows.push(rowOf(`${prefix}${String(serial).padStart(6, '0')}`, at, kind, random))
      }
    }
  }
  const here = import.meta.dirname
  for (const old of readdirSync(here)) if (old.endsWith('.csv')) rmSync(join(here, old))
  for (const [file, rows] of files) {
    const text = `id,name,lon,lat,state,owner,maintainer,accuracy,source,initial_on,changed_on\n${rows.sort().join('\n')}\n`
    writeFileSync(join(here, `${file}.csv`), text)
    console.log(`${file}.csv: ${rows.length} components, ${Math.round(Buffer.byteLength(text) / 1000)} kB`)
  }
}

const nearEdge = (m: number): boolean => m % 100 < clearOfEdgeM || m % 100 > 100 - clearOfEdgeM

/** Places along a line, each some metres beside it, on either side. */
function* along(
  line: readonly { xM: number; yM: number }[],
  every: number,
  [nearM, farM]: readonly [number, number],
  random: Random,
): Generator<{ xM: number; yM: number }> {
  let next = random.between(0, every)
  for (const [i, to] of line.entries()) {
    const from = line[i - 1]
    if (!from) continue
    const length = Math.hypot(to.xM - from.xM, to.yM - from.yM)
    for (; next < length; next += every * random.between(0.8, 1.2)) {
      const [ux, uy] = [(to.xM - from.xM) / length, (to.yM - from.yM) / length]
      const aside = random.between(nearM, farM) * (random.next() < 0.5 ? -1 : 1)
      yield { xM: from.xM + ux * next - uy * aside, yM: from.yM + uy * next + ux * aside }
    }
    next -= length
  }
}

function rowOf(id: string, at: { xM: number; yM: number }, kind: Kind, random: Random): string {
  const { lon, lat } = toDegrees(at.xM, at.yM)
  const district = id.startsWith('110102') ? 'xc' : 'dc'
  const year = 2019 + Math.floor(random.between(0, 6))
  const day = `${year}-${String(1 + Math.floor(random.between(0, 12))).padStart(2, '0')}-${String(1 + Math.floor(random.between(0, 28))).padStart(2, '0')}`
  const state = states[stateOf(random)] ?? ''
  // A census has its gaps: owners nobody knows, a class of accuracy that was never written down.
  const owner = random.next() < 0.03 ? '' : kind.owner
  const maintainer = random.next() < 0.02 ? '' : `${district}-${kind.unit}|${kind.maintainer}`
  const accuracy = random.next() < 0.04 ? '' : kind.accuracy
  const source = random.next() < 0.9 ? 'survey' : 'map'
  const changed =
    state === '' ? '' : `2026-0${1 + Math.floor(random.between(0, 5))}-${10 + Math.floor(random.between(0, 18))}`
  return [id, kind.name, lon.toFixed(6), lat.toFixed(6), state, owner, maintainer, accuracy, source, day, changed].join(
    ',',
  )
}

main()
