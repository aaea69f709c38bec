/** Which cells somebody looks at (定点+机动): fixed devices that reach there, and what moves and passed. Pure. */
import { distanceM, type LonLat } from '@pentad/platform/geo'
import { DAY, HOUR, legalDayOf, MINUTE, startOfLegalDay } from '@pentad/platform/time'
import type { DeviceKind, DeviceState } from '../model.ts'
import { defaultNights, type Nights, nightLastsMinutes } from '../noise/model/standard.ts'
import { type Fix, qualityBits, saysWhere } from '../tracks/model/fix.ts'

export interface CoverageRule {
  /** How far a fixed device of a kind reaches, in metres; a kind that is not named looks at nothing. */
  reachM: Partial<Record<DeviceKind, number>>
  /** Whoever is faster drives through and does not look. */
  fastestKmh: number
}
/** A monitor beyond this hears another site; the figure only keeps a slip of the pen out. */
export const farthestReachM = 2000

/** Beside what says nothing of the place: what may be somewhere else, or at another time. */
const doubtful = qualityBits(['time-invalid', 'frozen', 'inaccurate'])
export const isLook = (fix: Pick<Fix, 'quality' | 'speedDkmh'>, fastestKmh: number): boolean =>
  saysWhere(fix.quality) &&
  (fix.quality & doubtful) === 0 &&
  (fix.speedDkmh === null || fix.speedDkmh <= fastestKmh * 10)

/** Who looked at a cell in an hour. */
export interface Pass {
  cell: string
  kind: DeviceKind
  /** Beginning of the hour. */
  hourMs: number
  /** Of the devices, each once, in order. */
  handles: readonly number[]
  lastMs: number
}
export interface Moved {
  handle: number
  kind: DeviceKind
  fixes: readonly Pick<Fix, 'atMs' | 'lonE6' | 'latE6' | 'quality' | 'speedDkmh'>[]
}

const hourOf = (ms: number): number => Math.floor(ms / HOUR) * HOUR
const keyOf = ({ cell, kind, hourMs }: Pick<Pass, 'cell' | 'kind' | 'hourMs'>): string => `${cell} ${hourMs} ${kind}`
const union = (a: readonly number[], b: readonly number[]): number[] => [...new Set([...a, ...b])].sort((x, y) => x - y)

/** Two findings as one. What both say is said once: joining is in any order, and again, the same. In the order of cells, hours, kinds. */
export function joined(some: readonly Pass[], more: readonly Pass[]): Pass[] {
  const all = new Map<string, Pass>()
  for (const pass of [...some, ...more]) {
    const key = keyOf(pass)
    const there = all.get(key)
    all.set(
      key,
      there
        ? { ...there, handles: union(there.handles, pass.handles), lastMs: Math.max(there.lastMs, pass.lastMs) }
        : pass,
    )
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, pass]) => pass)
}

/** The cells that things that move looked at, each fix in its own hour, whenever it came. */
export function passesOf(
  moved: readonly Moved[],
  cellOf: (lon: number, lat: number) => string | undefined,
  fastestKmh: number,
): Pass[] {
  const found = new Map<string, { pass: Pass; handles: Set<number> }>()
  for (const { handle, kind, fixes } of moved) {
    let [lonE6, latE6] = [Number.NaN, Number.NaN]
    let cell: string | undefined
    for (const fix of fixes) {
      if (!isLook(fix, fastestKmh)) continue
      // What stands still is looked up once.
      if (fix.lonE6 !== lonE6 || fix.latE6 !== latE6) {
        ;[lonE6, latE6] = [fix.lonE6, fix.latE6]
        cell = cellOf(lonE6 / 1e6, latE6 / 1e6)
      }
      if (cell === undefined) continue
      const at = { cell, kind, hourMs: hourOf(fix.atMs) }
      const key = keyOf(at)
      const there = found.get(key)
      if (there) {
        there.handles.add(handle)
        there.pass.lastMs = Math.max(there.pass.lastMs, fix.atMs)
      } else found.set(key, { pass: { ...at, handles: [], lastMs: fix.atMs }, handles: new Set([handle]) })
    }
  }
  return joined(
    [...found.values()].map(({ pass, handles }) => ({ ...pass, handles: union([...handles], []) })),
    [],
  )
}

/** A device that stays where it is looks at its cells at the instant at which it was last heard. */
export const watchOf = (
  device: { handle: number; kind: DeviceKind; lastHeard: Date },
  cells: readonly string[],
): Pass[] => {
  const lastMs = device.lastHeard.getTime()
  return cells.map((cell) => ({
    ...{ cell, kind: device.kind, hourMs: hourOf(lastMs) },
    ...{ handles: [device.handle], lastMs },
  }))
}

/** A cell is reached when the device stands in it, or when its middle is no farther away than the reach. */
export const reaches = (
  device: { at: LonLat; cell: string | null; reachM: number },
  cell: { code: string; middle: LonLat },
): boolean => device.reachM > 0 && (device.cell === cell.code || distanceM(device.at, cell.middle) <= device.reachM)

export const coverageSpans = ['4h', 'today', 'night', '7d'] as const
export type CoverageSpan = (typeof coverageSpans)[number]

export interface Span {
  from: Date
  /** Null: it still runs. */
  until: Date | null
}
/** "This night" is the one that runs, else the one that was. */
export function spanOf(span: CoverageSpan, now: Date, nights: Nights = defaultNights): Span {
  const today = startOfLegalDay(legalDayOf(now))
  if (span === '4h') return { from: new Date(now.getTime() - 4 * HOUR), until: null }
  if (span === '7d') return { from: new Date(now.getTime() - 7 * DAY), until: null }
  if (span === 'today') return { from: today, until: null }
  const { fromMinute } = nights.findLast((n) => n.since <= now) ?? defaultNights[0] ?? { fromMinute: 22 * 60 }
  const begins = [today.getTime(), today.getTime() - DAY].map((day) => day + fromMinute * MINUTE)
  const from = begins.find((b) => b <= now.getTime()) ?? today.getTime()
  const until = from + nightLastsMinutes * MINUTE
  return { from: new Date(from), until: until > now.getTime() ? null : new Date(until) }
}

/** A device whose word cannot be believed looks at nothing; one whose clock is off does look. */
export const isWatching = (state: DeviceState): boolean => state === 'online' || state === 'clock-off'

export const lookers = ['both', 'fixed', 'moving', 'none'] as const
export type Looker = (typeof lookers)[number]
const lookerOf = (fixed: boolean, moving: boolean): Looker =>
  fixed ? (moving ? 'both' : 'fixed') : moving ? 'moving' : 'none'

/** What is known of one cell. */
export interface CellKnown {
  code: string
  /** When a device that stays looked at it in the span, and one that moves. */
  fixedInSpan: boolean
  movingInSpan: boolean
  /** The last look ever, of each sort. */
  fixedAt: Date | null
  movingAt: Date | null
  /** Devices that reach it. */
  reached: readonly { id: string; state: DeviceState; lastHeard: Date | null }[]
}
interface CellLook {
  code: string
  by: Looker
  lastAt: Date | null
  lastBy: 'fixed' | 'moving' | null
  /** The device whose silence leaves the cell to itself, the one that was heard last. */
  silent: string | null
}

/** In a span that still runs a fixed device counts only while it watches: one that is silent covers nothing, whatever it said before. */
export function lookOf(cell: CellKnown, runs: boolean): CellLook {
  const watched = cell.reached.some((d) => isWatching(d.state))
  const heard = (d: { lastHeard: Date | null }): number => d.lastHeard?.getTime() ?? Number.NEGATIVE_INFINITY
  const fixedMs = Math.max(
    cell.fixedAt?.getTime() ?? Number.NEGATIVE_INFINITY,
    // Its last word is a look although the hour of it may not have been written down yet.
    ...cell.reached.filter((d) => d.state !== 'faulty' && d.state !== 'out-of-range').map(heard),
  )
  const movingMs = cell.movingAt?.getTime() ?? Number.NEGATIVE_INFINITY
  const lastMs = Math.max(fixedMs, movingMs)
  const none = lastMs === Number.NEGATIVE_INFINITY
  const [last] = [...cell.reached].sort((a, b) => (heard(a) < heard(b) ? 1 : heard(a) > heard(b) ? -1 : 0))
  return {
    code: cell.code,
    by: lookerOf(runs ? watched : cell.fixedInSpan, cell.movingInSpan),
    lastAt: none ? null : new Date(lastMs),
    lastBy: none ? null : fixedMs >= movingMs ? 'fixed' : 'moving',
    silent: watched ? null : (last?.id ?? null),
  }
}

export type Shares = Record<Looker, number> & { cells: number }
/** Each cell is counted once. */
export function sharesOf(looks: readonly Pick<CellLook, 'by'>[]): Shares {
  const shares: Shares = { cells: looks.length, both: 0, fixed: 0, moving: 0, none: 0 }
  for (const { by } of looks) shares[by]++
  return shares
}

/** Why this rule cannot be; null when it can. */
export function coverageFault(rule: CoverageRule, standing: readonly DeviceKind[]): string | null {
  const kinds = Object.keys(rule.reachM) as DeviceKind[]
  return kinds.every((k) => standing.includes(k)) ? null : 'sensing/coverage-moves'
}
