/** Everything that the map shows as an address: a colleague who opens it sees the same, within their own rights. Pure. */
import { type Span, spans } from '@pentad/cases/model'
import { type MapView, viewFrom, viewWords } from '@pentad/web/map/view.ts'
import { type Shape, shapeFrom, shapeWords } from './shape.ts'
import { type Measure, measures, type ThemeId, themeIds } from './themes.ts'

export interface Chosen {
  layer: string
  id: string
}
export interface MapAddress {
  theme: ThemeId
  /** Layers switched on and off against what the thematic map begins with. */
  on: readonly string[]
  off: readonly string[]
  /** Opacity in percent of layers that are not drawn whole. */
  dim: Readonly<Record<string, number>>
  /** States shown, of layers that do not show all. */
  only: Readonly<Record<string, readonly string[]>>
  measure: Measure
  /** Area prefix, and lead unit. */
  area: string
  unit: string
  view: MapView | null
  /** The instant shown; null is now. */
  at: Date | null
  span: Span
  /** The time slider is open. */
  time: boolean
  chosen: Chosen | null
  /** What is here: a point that was asked about. */
  here: readonly [lon: number, lat: number] | null
  shape: Shape | null
}
type Query = Record<string, unknown>

const layerId = /^[a-z][a-z0-9-]{0,63}$/
const word = /^[\w-]{1,40}$/
const thingId = /^[\w:.-]{1,80}$/
const list = (x: unknown, what: RegExp): string[] =>
  typeof x === 'string' ? [...new Set(x.split(',').filter((w) => what.test(w)))].slice(0, 40) : []
const oneOf = <T extends string>(all: readonly T[], x: unknown, otherwise: T): T =>
  all.find((w) => w === x) ?? otherwise
const matching = (x: unknown, what: RegExp): string => (typeof x === 'string' && what.test(x) ? x : '')

/** `cells:40,areas:60` */
function dimFrom(x: unknown): Record<string, number> {
  if (typeof x !== 'string') return {}
  return Object.fromEntries(
    x
      .split(',')
      .slice(0, 40)
      .flatMap((part) => {
        const [id = '', percent = ''] = part.split(':')
        const n = Number(percent)
        return layerId.test(id) && percent !== '' && Number.isInteger(n) && n >= 0 && n < 100 ? [[id, n] as const] : []
      }),
  )
}
/** `cases:red+yellow,vehicles:online`: a space is what `+` becomes on its way. */
function onlyFrom(x: unknown): Record<string, string[]> {
  if (typeof x !== 'string') return {}
  return Object.fromEntries(
    x
      .split(',')
      .slice(0, 40)
      .flatMap((part) => {
        const [id = '', states = ''] = part.split(':')
        return layerId.test(id) ? [[id, list(states.replaceAll('~', ','), word)] as const] : []
      }),
  )
}
function instantFrom(x: unknown): Date | null {
  if (typeof x !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/.test(x)) return null
  const at = new Date(x)
  return Number.isNaN(at.getTime()) ? null : at
}
/** To the minute: what a slider can say. */
export const instantWords = (at: Date): string => `${at.toISOString().slice(0, 16)}Z`

function hereFrom(x: unknown): [number, number] | null {
  if (typeof x !== 'string') return null
  const [lon, lat, more] = x.split(',').map(Number)
  if (lon === undefined || lat === undefined || more !== undefined) return null
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85 ? [lon, lat] : null
}
function chosenFrom(x: unknown): Chosen | null {
  if (typeof x !== 'string') return null
  const colon = x.indexOf(':')
  const layer = x.slice(0, colon)
  const id = x.slice(colon + 1)
  return layerId.test(layer) && thingId.test(id) ? { layer, id } : null
}

export function addressFrom(query: Query): MapAddress {
  const on = list(query.on, layerId)
  return {
    theme: oneOf(themeIds, query.theme, 'command'),
    on,
    off: list(query.off, layerId).filter((id) => !on.includes(id)),
    dim: dimFrom(query.dim),
    only: onlyFrom(query.only),
    measure: oneOf(measures, query.by, 'open'),
    area: matching(query.area, /^\d{2,15}$/),
    unit: matching(query.unit, /^[\w-]{1,64}$/),
    view: viewFrom(query.map),
    at: instantFrom(query.at),
    span: oneOf(spans, query.span, 'day'),
    time: query.time === '1' || instantFrom(query.at) !== null,
    chosen: chosenFrom(query.sel),
    here: hereFrom(query.here),
    shape: shapeFrom(query.shape),
  }
}

/** The shortest query that says it: what is usual is left out. */
export function addressQuery(a: MapAddress): Record<string, string> {
  const dim = Object.entries(a.dim).map(([id, n]) => `${id}:${n}`)
  const only = Object.entries(a.only).map(([id, states]) => `${id}:${states.join('~')}`)
  return {
    ...(a.theme === 'command' ? {} : { theme: a.theme }),
    ...(a.on.length ? { on: a.on.join(',') } : {}),
    ...(a.off.length ? { off: a.off.join(',') } : {}),
    ...(dim.length ? { dim: dim.join(',') } : {}),
    ...(only.length ? { only: only.join(',') } : {}),
    ...(a.measure === 'open' ? {} : { by: a.measure }),
    ...(a.area ? { area: a.area } : {}),
    ...(a.unit ? { unit: a.unit } : {}),
    ...(a.view ? { map: viewWords(a.view) } : {}),
    ...(a.at ? { at: instantWords(a.at) } : {}),
    ...(a.span === 'day' ? {} : { span: a.span }),
    ...(a.time && !a.at ? { time: '1' } : {}),
    ...(a.chosen ? { sel: `${a.chosen.layer}:${a.chosen.id}` } : {}),
    ...(a.here ? { here: a.here.map((n) => n.toFixed(5)).join(',') } : {}),
    ...(a.shape ? { shape: shapeWords(a.shape) } : {}),
  }
}

/** Switches a layer, keeping only what differs from how the thematic map begins. */
export function switched(
  a: MapAddress,
  id: string,
  to: boolean,
  first: readonly string[],
): Pick<MapAddress, 'on' | 'off'> {
  const without = (ids: readonly string[]) => ids.filter((x) => x !== id)
  const usual = first.includes(id)
  return {
    on: to && !usual ? [...without(a.on), id] : without(a.on),
    off: !to && usual ? [...without(a.off), id] : without(a.off),
  }
}
