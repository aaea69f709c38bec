/** A drive as it is played: where somebody was at a moment, what happened on the way, and what of it goes into a table. Pure. */
import type { LonLat } from '@pentad/platform/geo'

export interface TrackFix {
  at: string
  lon: number
  lat: number
  speedKmh: number | null
  headingDeg: number | null
}
export interface TrackGap {
  from: string
  until: string
}
export interface TrackStop extends TrackGap {
  lon: number
  lat: number
}
export interface Track {
  fixes: readonly TrackFix[]
  gaps: readonly TrackGap[]
  stops: readonly TrackStop[]
  wayM: number
  all: number
}

export interface Placed {
  lon: number
  lat: number
  headingDeg: number | null
  speedKmh: number | null
  /** Nothing was heard around this moment: it is where it was last heard, and nobody says that it is there. */
  lost: boolean
}

const ms = (at: string): number => Date.parse(at)

/** The index of the last fix that is not after the moment, -1 before the first. */
export function indexAt(fixes: readonly TrackFix[], atMs: number): number {
  let low = 0
  let high = fixes.length
  while (low < high) {
    const mid = (low + high) >> 1
    if (ms(fixes[mid]?.at ?? '') <= atMs) low = mid + 1
    else high = mid
  }
  return low - 1
}
export const isLost = (gaps: readonly TrackGap[], atMs: number): boolean =>
  gaps.some((g) => atMs > ms(g.from) && atMs < ms(g.until))

/** Null before it was heard for the first time. Between two fixes it moves evenly; over a gap it does not. */
export function placeAt({ fixes, gaps }: Pick<Track, 'fixes' | 'gaps'>, atMs: number): Placed | null {
  const i = indexAt(fixes, atMs)
  const before = fixes[i]
  if (!before) return null
  const after = fixes[i + 1]
  const { lon, lat, headingDeg, speedKmh } = before
  const lost = isLost(gaps, atMs)
  if (!after || lost) return { lon, lat, headingDeg, speedKmh, lost: lost || !after }
  const share = (atMs - ms(before.at)) / Math.max(1, ms(after.at) - ms(before.at))
  return {
    lon: lon + (after.lon - lon) * share,
    lat: lat + (after.lat - lat) * share,
    headingDeg,
    speedKmh,
    lost: false,
  }
}

export interface Lines {
  driven: LonLat[][]
  /** Over each gap the straight way that nobody saw. */
  unseen: LonLat[][]
  /** The first fix and the last. */
  ends: LonLat[]
}
/** Lines as they were driven, cut at the gaps. */
export function linesOf({ fixes, gaps }: Pick<Track, 'fixes' | 'gaps'>): Lines {
  const driven: LonLat[][] = []
  const unseen: LonLat[][] = []
  let last: TrackFix | undefined
  for (const fix of fixes) {
    const point: LonLat = [fix.lon, fix.lat]
    const before = last
    const cut = before && gaps.some((g) => ms(g.from) >= ms(before.at) && ms(g.until) <= ms(fix.at))
    if (!before || cut) {
      if (before) unseen.push([[before.lon, before.lat], point])
      driven.push([point])
    } else driven.at(-1)?.push(point)
    last = fix
  }
  const ends = [fixes[0], last].flatMap((f): LonLat[] => (f ? [[f.lon, f.lat]] : []))
  return { driven: driven.filter((line) => line.length > 1), unseen, ends }
}

export const markKinds = ['alarm', 'stop', 'gap', 'enter', 'leave', 'case'] as const
export type MarkKind = (typeof markKinds)[number]
export interface Mark {
  kind: MarkKind
  deviceId: string
  atMs: number
  untilMs: number | null
  lon: number | null
  lat: number | null
  /** The alarm's rule, the fence, the case. */
  about: string
  href: string | null
}
interface Happened {
  track: Track
  stays: readonly { fenceId: string; name: string; enteredAt: string; leftAt: string | null }[]
  alarms: readonly { id: string; name: string; raisedAt: string; clearedAt: string | null }[]
  cases: readonly { id: string; number: string; act: string; at: string; lon: number; lat: number }[]
}

/** What happened within the span, in its order. */
export function marksOf(
  deviceId: string,
  { track, stays, alarms, cases }: Happened,
  fromMs: number,
  untilMs: number,
): Mark[] {
  const there = (atMs: number) => placeAt(track, atMs)
  const at = (kind: MarkKind, from: string, until: string | null, about: string, href: string | null): Mark => {
    const place = there(ms(from))
    return {
      ...{ kind, deviceId, atMs: ms(from), untilMs: until === null ? null : ms(until), about, href },
      ...{ lon: place?.lon ?? null, lat: place?.lat ?? null },
    }
  }
  return [
    ...track.gaps.map((g) => at('gap', g.from, g.until, '', null)),
    ...track.stops.map((s) => ({ ...at('stop', s.from, s.until, '', null), lon: s.lon, lat: s.lat })),
    ...stays.flatMap((s) => {
      const href = `/command/fences?fence=${s.fenceId}`
      return [
        at('enter', s.enteredAt, s.leftAt, s.name, href),
        ...(s.leftAt === null ? [] : [at('leave', s.leftAt, null, s.name, href)]),
      ]
    }),
    ...alarms.map((a) => at('alarm', a.raisedAt, a.clearedAt, a.name, `/command/alarms?alarm=${a.id}`)),
    ...cases.map((c) => ({
      ...at('case', c.at, null, `${c.number} · ${c.act}`, `/command/cases/${c.id}`),
      lon: c.lon,
      lat: c.lat,
    })),
  ]
    .filter((m) => m.atMs >= fromMs && m.atMs <= untilMs)
    .sort((a, b) => a.atMs - b.atMs)
}

/** The neighbouring mark of a moment. */
export const nextMark = (marks: readonly Mark[], atMs: number, by: 1 | -1): Mark | undefined =>
  by === 1 ? marks.find((m) => m.atMs > atMs + 500) : marks.findLast((m) => m.atMs < atMs - 500)

/** The moment after so much of the player's time; the end of the span is the end. */
export const playedTo = (atMs: number, tookMs: number, speed: number, untilMs: number): number =>
  Math.min(untilMs, atMs + tookMs * speed)
