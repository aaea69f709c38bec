/** What a replay shows, as an address: whom, which span, the moment, how fast, where the map looks. Pure. */
import { type MapView, viewFrom, viewWords } from '@pentad/web/map/view.ts'

export const mostDevices = 5
export const speeds = [1, 10, 60, 300, 600] as const
export type Speed = (typeof speeds)[number]
const hour = 3_600_000
export const mostHours = 48

export interface ReplayAddress {
  devices: readonly string[]
  from: Date
  until: Date
  /** The moment shown; null: the beginning. */
  at: Date | null
  speed: Speed
  view: MapView | null
}
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function instant(x: unknown): Date | null {
  if (typeof x !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(x)) return null
  const at = new Date(x)
  return Number.isNaN(at.getTime()) ? null : at
}
/** To the second. */
const words = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`

/** Until says the end of the span, from its beginning; a span that is none is the last two hours. */
export function replayFrom(query: Record<string, unknown>, now: Date): ReplayAddress {
  const minute = new Date(Math.ceil(now.getTime() / 60_000) * 60_000)
  const until = instant(query.until) ?? minute
  const asked = instant(query.from)
  const from =
    asked && asked < until
      ? new Date(Math.max(asked.getTime(), until.getTime() - mostHours * hour))
      : new Date(until.getTime() - 2 * hour)
  const at = instant(query.at)
  const ids = typeof query.d === 'string' ? query.d.split(',').filter((id) => uuid.test(id)) : []
  return {
    devices: [...new Set(ids)].slice(0, mostDevices),
    from,
    until,
    at: at && at >= from && at <= until ? at : null,
    speed: speeds.find((s) => String(s) === query.x) ?? 60,
    view: viewFrom(query.map),
  }
}
export const replayQuery = (a: ReplayAddress): Record<string, string> => ({
  ...(a.devices.length ? { d: a.devices.join(',') } : {}),
  from: words(a.from),
  until: words(a.until),
  ...(a.at ? { at: words(a.at) } : {}),
  ...(a.speed === 60 ? {} : { x: String(a.speed) }),
  ...(a.view ? { map: viewWords(a.view) } : {}),
})

/** Where others lead here from. */
export const trackLink = (devices: readonly string[], from: Date, until: Date, at: Date | null = null) => ({
  path: '/command/tracks',
  query: replayQuery({ devices: devices.slice(0, mostDevices), from, until, at, speed: 60, view: null }),
})
