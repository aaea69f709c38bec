/**
 * The rows of the demo ledgers, invented: `node packs/beijing-demo/ledgers/generate.ts` writes them anew, always the same.
 * Names say 演示; id and credit numbers carry a district (990000) that does not exist; phones and plates are made up.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { creditCheckSign, creditSigns, type Field, idCheckSign, type LedgerSchema } from '@pentad/inspection/model'
import { parse } from 'yaml'
import { loadPack } from '../index.ts'
import type { Random } from '../random.ts'
import { seededRandom } from '../random.ts'
import { readTable } from '../table.ts'

const seed = 20_261_122
const rowsEach = 18

interface Spot {
  street: string
  unit: string
  lane: string
  lon: number
  lat: number
}

/** What a name of this ledger sounds like, after the lane. */
const nouns: Record<string, readonly string[]> = {
  'three-places': ['小馆', '面馆', '洗车行', '回收站', '烧烤店'],
  markets: ['菜市场', '便民菜店', '蔬果店'],
  'construction-sites': ['改造工程', '住宅楼工程', '管线工程', '学校扩建工程'],
  'lpg-users': ['餐厅', '小吃店', '火锅店', '早餐铺'],
  'bottle-stations': ['瓶装气供应站'],
  'stall-sites': ['便民服务点'],
  'vendor-spots': ['路口', '地铁口', '校门外'],
  frontage: ['商店', '药店', '理发店', '银行网点'],
  'outdoor-ads': ['墙面广告', '电子屏', '立柱广告'],
  'shop-signs': ['牌匾'],
  'spillage-spots': ['路段'],
  'illegal-buildings': ['院内加建', '屋顶加建', '门外加建'],
  'temporary-buildings': ['临时用房', '施工板房'],
  'unlicensed-operators': ['理发摊', '小吃摊', '杂货铺', '修车铺'],
  'grading-objects': ['酒楼', '物业项目部', '建筑工地', '广告公司'],
  'double-random-objects': ['商场', '酒楼', '工地', '供应站'],
  'hung-items': ['占道经营点', '乱堆物料点', '积存垃圾点', '停车乱点'],
  'complaint-spots': ['夜间施工点', '餐饮油烟点', '占道停车点'],
}
const surnames = ['赵', '钱', '孙', '李', '周', '吴', '郑', '王', '冯', '陈']
const firms = ['安顺', '恒丰', '同泰', '广源', '明德', '永和']
const sentences = ['门前堆放物料，通行不便', '高峰时段聚集，群众反映较多', '手续待补，已约谈', '设施陈旧，待更新']

const pad = (n: number, width: number): string => String(n).padStart(width, '0')
const day = (random: Random, from: number, to: number): string =>
  new Date(Date.UTC(from, 0, 1) + Math.floor(random.next() * (to - from) * 365) * 86_400_000).toISOString().slice(0, 10)

function cell(f: Field, spot: Spot, random: Random, schema: LedgerSchema, codes: (ledger: string) => string): string {
  const whole = (from: number, to: number) => Math.floor(random.between(from, to + 1))
  // A narrow slice of the range that is allowed: most places are small.
  const [from, to] = [f.from ?? 1, Math.min(f.to ?? 100, (f.from ?? 1) + ((f.to ?? 100) - (f.from ?? 1)) / 20 + 4)]
  switch (f.type) {
    case 'choice':
      return random.pick(f.choices ?? []).value
    case 'multi':
      return (f.choices ?? [])
        .filter((_, i) => i === 0 || random.next() < 0.4)
        .map((c) => c.value)
        .join('|')
    case 'integer':
      return String(whole(from, to))
    case 'number':
      return random.between(from, to).toFixed(1)
    case 'date':
      return /(?:_to|due_on|finish_on)$/.test(f.key) ? day(random, 2026, 2028) : day(random, 2024, 2026)
    case 'person':
      return `${random.pick(surnames)}某`
    case 'party':
      return `${random.pick(firms)}（演示）有限公司`
    case 'phone':
      return `1990000${pad(whole(0, 9999), 4)}`
    case 'id-number': {
      const first = `990000${day(random, 1960, 2000).replaceAll('-', '')}${pad(whole(0, 999), 3)}`
      return first + idCheckSign(first)
    }
    case 'credit-code': {
      const first = `91990000${Array.from({ length: 9 }, () => random.pick([...creditSigns])).join('')}`
      return first + creditCheckSign(first)
    }
    case 'link':
      return codes(f.ledger ?? '')
    case 'area': {
      const d = 0.0002
      const corners = [
        [-d, -d],
        [d, -d],
        [d, d],
        [-d, d],
      ]
      return corners.map(([x = 0, y = 0]) => `${(spot.lon + x).toFixed(6)} ${(spot.lat + y).toFixed(6)}`).join(';')
    }
    default:
      return words(f, spot, random, schema)
  }
}

function words(f: Field, spot: Spot, random: Random, { id }: LedgerSchema): string {
  const number = Math.floor(random.between(1, 90))
  if (f.key === 'name') return `${spot.lane}${random.pick(nouns[id] ?? ['点位'])}（演示）`
  if (f.key === 'address') return `${spot.lane}${number}号（演示）`
  if (f.key === 'place_words') return `${spot.lane}${number}号附近（演示）`
  if (f.key === 'plate') return `京A演${pad(Math.floor(random.between(0, 9999)), 4)}`
  if (f.key === 'hours') return random.pick(['06:00–20:00', '07:00–19:30', '全天'])
  if (f.key === 'permit_no') return `演示〔2025〕${number}号`
  return random.pick(sentences)
}

/** The table of one ledger as CSV. */
export function ledgerRows(schema: LedgerSchema, spots: readonly Spot[]): string {
  const random = seededRandom(seed ^ [...schema.id].reduce((h, c) => (h * 31 + c.charCodeAt(0)) | 0, 7))
  const fields = schema.fields.filter((f) => f.type !== 'point' && f.type !== 'photo')
  const placed = schema.fields.some((f) => f.type === 'point')
  const lines = [['code', 'state', 'keeper', ...(placed ? ['lon', 'lat'] : []), ...fields.map((f) => f.key)]]
  const codes = () => pad(Math.floor(random.between(1, rowsEach + 1)), 3)
  for (let i = 1; i <= rowsEach; i++) {
    const spot = random.pick(spots)
    const state = random.pick([...schema.states, ...schema.states.slice(0, 1), ...schema.states.slice(0, 1)])
    const cells = fields.map((f) =>
      f.required || random.next() < 0.85 ? cell(f, spot, random, schema, (ledger) => `${ledger}-${codes()}`) : '',
    )
    const at = placed ? [spot.lon.toFixed(6), spot.lat.toFixed(6)] : []
    lines.push([`${schema.id}-${pad(i, 3)}`, state.key, spot.unit, ...at, ...cells])
  }
  return `${lines.map((l) => l.map((c) => (/[",\n]/.test(c) ? `"${c}"` : c)).join(',')).join('\n')}\n`
}

/** Somewhere near the middle of each cell, with a lane that its street really has. */
export function spotsOf(dir: string): Spot[] {
  const pack = loadPack(dir)
  const lanes = new Map(
    readTable(
      dir,
      'map/lanes.csv',
      'street_code,names_zh',
      (r) => [r.text('street_code'), r.list('names_zh')] as const,
    ),
  )
  const units = new Map(pack.units.filter((u) => u.kind === 'street_office').map((u) => [u.areaCode, u.id]))
  const random = seededRandom(seed)
  return pack.cells.flatMap((c) => {
    const unit = units.get(c.streetCode)
    if (!unit) return []
    const lane = random.pick(lanes.get(c.streetCode) ?? ['无名街'])
    const off = () => random.between(-0.0003, 0.0003)
    return [{ street: c.streetCode, unit, lane, lon: c.lon + off(), lat: c.lat + off() }]
  })
}

export const ledgerTables = (dir: string): Map<string, string> => {
  const spots = spotsOf(dir)
  return new Map(
    globSync(join(dir, 'ledgers', '*.yaml'))
      .sort()
      .map((file) => [
        `ledgers/${basename(file, '.yaml')}.csv`,
        ledgerRows(parse(readFileSync(file, 'utf8')) as LedgerSchema, spots),
      ]),
  )
}

if (import.meta.main) {
  const dir = join(import.meta.dirname, '..')
  for (const [path, text] of ledgerTables(dir)) writeFileSync(join(dir, path), text)
}
