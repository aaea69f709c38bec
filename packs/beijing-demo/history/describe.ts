/** A short sentence in Chinese, as it would be typed for a report of that channel. Words are ours; places are those of the demo map. */
import { toMetres } from '../gauss-kruger.ts'
import type { Random } from '../random.ts'
import type { Cell, Pack, Standard } from '../types.ts'
import type { ClassNote, Trade } from './arrivals.ts'
import type { Place } from './places.ts'
import type { Channel } from './types.ts'

const besideStation = ['出口处', '西北口', '东南口', '附近', '公交站旁'] as const
const besideSpot = ['附近', '旁边', '门前', '对面', '东侧', '西侧'] as const
const besideRoad = ['中段', '路口', '东口', '西口', '南侧', '北侧', '附近'] as const
const pleas = [
  '希望尽快处理',
  '已经两天了',
  '请派人看看',
  '影响出行',
  '居民意见很大',
  '以前也反映过',
  '麻烦核实一下',
] as const

const openings: Readonly<Partial<Record<Channel, readonly string[]>>> = {
  inspector: ['', '', '巡查发现', '责任网格内'],
  patrol: ['执法巡查时见', ''],
  grid: ['网格员上报：', ''],
  survey: ['普查登记：'],
  uav: ['无人机巡查见'],
  video: ['视频巡查发现', '画面显示'],
  sensor: ['监测点报警，'],
  hotline: ['来电反映，', '市民来电称', '热线转来，'],
  opinion: ['网上有人反映'],
  transfer: ['上级平台转来，'],
  instruction: ['领导批示，请查'],
  utility: ['公服企业报'],
  self_check: ['商户自查，'],
}
const pleading: readonly Channel[] = ['hotline', 'citizen', 'opinion', 'open311']

/** A named road farther than this is not named. */
const nearM = 160

export function describer(pack: Pack, notes: readonly ClassNote[]) {
  const phrases = new Map(notes.map((note) => [note.key, note.phrases]))
  const communities = new Map(pack.areas.filter((a) => a.level === 'community').map((a) => [a.code, a.name]))
  const roadNear = nearestRoads(pack)
  return (order: { trade: Trade; standard: Standard; place: Place; channel: Channel; random: Random }): string => {
    const { trade, standard, place, channel, random } = order
    const road = roadNear(place.cell)
    const where =
      place.spot !== null
        ? `${place.spot}${random.pick(place.spot.endsWith('站') ? besideStation : besideSpot)}`
        : road === null
          ? `${communities.get(place.cell.communityCode) ?? ''}内`
          : `${random.next() < 0.4 ? (communities.get(place.cell.communityCode) ?? '') : ''}${road}${random.pick(besideRoad)}`
    const known = phrases.get(trade.key)
    const what = known?.length ? random.pick(known) : inFull(trade.node.nameZh, standard.filingZh)
    const plea = pleading.includes(channel) && random.next() < 0.75 ? `，${random.pick(pleas)}` : ''
    return `${random.pick(openings[channel] ?? [''])}${where}${what}${plea}。`
  }
}

/** The row's own words, with the object named where they do not name it. */
const inFull = (name: string, filing: string): string =>
  filing.includes(name.slice(0, 2)) ? filing : `${name}，${filing}`

/** The nearest named road of the demo map, found once for each cell. */
function nearestRoads(pack: Pack): (cell: Cell) => string | null {
  const bins = new Map<string, { name: string; xM: number; yM: number }[]>()
  for (const { properties, geometry } of pack.baseMap.features) {
    if (properties.layer !== 'road' || !properties.name || geometry.type !== 'LineString') continue
    // Ring roads and avenues are too long to tell a place.
    if (properties.class !== 'lane' && properties.class !== 'secondary' && properties.class !== 'tertiary') continue
    const name = properties.name.split('—')[0] ?? properties.name
    for (const [lon, lat] of geometry.coordinates) {
      const { xM, yM } = toMetres(lon, lat)
      const key = `${Math.floor(xM / nearM)}:${Math.floor(yM / nearM)}`
      const bin = bins.get(key)
      if (bin) bin.push({ name, xM, yM })
      else bins.set(key, [{ name, xM, yM }])
    }
  }
  const found = new Map<string, string | null>()
  return (cell) => {
    const known = found.get(cell.code)
    if (known !== undefined) return known
    const [x, y] = [cell.xM + 50, cell.yM + 50]
    const [bx, by] = [Math.floor(x / nearM), Math.floor(y / nearM)]
    const near = [-1, 0, 1].flatMap((i) => [-1, 0, 1].flatMap((j) => bins.get(`${bx + i}:${by + j}`) ?? []))
    const [best] = near
      .map((p) => ({ name: p.name, distanceM: Math.hypot(p.xM - x, p.yM - y) }))
      .filter((p) => p.distanceM <= nearM)
      .sort((a, b) => a.distanceM - b.distanceM)
    const name = best?.name ?? null
    found.set(cell.code, name)
    return name
  }
}
