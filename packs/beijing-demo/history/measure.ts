/** The measures of a set of requests, the same for real and for simulated ones, so that the two can be laid side by side. */
import { classGroups } from './groups.ts'
import type { ClassGroup, GroupShape } from './types.ts'

/** One request as far as it can be measured; null where its source does not tell. */
export interface Observed {
  readonly source: string
  readonly group: ClassGroup
  /** `kind:code` */
  readonly classKey: string
  /** Local hour 0–23. */
  readonly hour: number | null
  /** Monday 0. */
  readonly weekday: number | null
  /** January 0. */
  readonly month: number | null
  readonly dayNumber: number
  /** Any metric frame of its own city. */
  readonly xM: number | null
  readonly yM: number | null
  readonly limitUsed: number | null
  readonly channel: string | null
  readonly state: 'closed' | 'duplicate' | 'open'
}

export const quantileAt = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95] as const

const round = (value: number): number => Number(value.toFixed(4))

/** Shares of the values 0…size−1; uniform where there is nothing to count. */
export function shares(values: readonly number[], size: number): number[] {
  const counts = new Array<number>(size).fill(0)
  for (const v of values) counts[v] = (counts[v] ?? 0) + 1
  return counts.map((c) => round(values.length ? c / values.length : 1 / size))
}

export function quantiles(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  return quantileAt.map((q) => round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0))
}

/** Shares by key, each source counting alike, so that a large city does not speak for the others. */
export function sharesBySource(
  items: readonly Observed[],
  key: (o: Observed) => string | null,
): Record<string, number> {
  const bySource = Map.groupBy(
    items.filter((o) => key(o) !== null),
    (o) => o.source,
  )
  const sum = new Map<string, number>()
  for (const list of bySource.values()) {
    for (const o of list) {
      const k = key(o) ?? ''
      sum.set(k, (sum.get(k) ?? 0) + 1 / list.length / bySource.size)
    }
  }
  return Object.fromEntries([...sum].sort((a, b) => b[1] - a[1]).map(([k, v]) => [k, round(v)]))
}

const notNull = (values: readonly (number | null)[]): number[] => values.filter((v) => v !== null)

/** Groups with fewer requests than this borrow the profile of all. */
const enough = 100

export function groupShapes(
  items: readonly Observed[],
  share: Readonly<Record<string, number>>,
): Record<ClassGroup, GroupShape> {
  const own = (group: ClassGroup, pick: (o: Observed) => number | null): number[] => {
    const of = notNull(items.filter((o) => o.group === group).map(pick))
    return of.length >= enough ? of : notNull(items.map(pick))
  }
  const shape = (group: ClassGroup): GroupShape => {
    const used = own(group, (o) => o.limitUsed)
    return {
      share: share[group] ?? 0,
      rows: items.filter((o) => o.group === group).length,
      hour: shares(
        own(group, (o) => o.hour),
        24,
      ),
      weekday: shares(
        own(group, (o) => o.weekday),
        7,
      ),
      month: shares(
        own(group, (o) => o.month),
        12,
      ),
      limitUsed: quantiles(used),
      late: round(used.filter((u) => u > 1).length / Math.max(1, used.length)),
    }
  }
  return Object.fromEntries(classGroups.map((group) => [group, shape(group)])) as Record<ClassGroup, GroupShape>
}

const repeatM = 50
const repeatDays = 30

/** Share with an earlier request of the same group within 50 m and 30 days. */
export function repeatShare(items: readonly Observed[]): number {
  const placed = items.filter((o) => o.xM !== null && o.yM !== null).sort((a, b) => a.dayNumber - b.dayNumber)
  const bins = new Map<string, Observed[]>()
  let repeats = 0
  for (const o of placed) {
    const [bx, by] = [Math.floor((o.xM ?? 0) / repeatM), Math.floor((o.yM ?? 0) / repeatM)]
    const near = [-1, 0, 1].flatMap((i) => [-1, 0, 1].flatMap((j) => bins.get(`${o.group}:${bx + i}:${by + j}`) ?? []))
    const before = near.some(
      (p) =>
        o.dayNumber - p.dayNumber <= repeatDays &&
        Math.hypot((o.xM ?? 0) - (p.xM ?? 0), (o.yM ?? 0) - (p.yM ?? 0)) <= repeatM,
    )
    if (before) repeats += 1
    const key = `${o.group}:${bx}:${by}`
    const bin = bins.get(key)
    if (bin) bin.push(o)
    else bins.set(key, [o])
  }
  return round(repeats / Math.max(1, placed.length))
}

/** Share of all requests in the busiest 1 %, 5 % and 10 % of the 100 m cells that have any. */
export function busiestCells(items: readonly Observed[]): [number, number, number] {
  const counts = new Map<string, number>()
  for (const o of items) {
    if (o.xM === null || o.yM === null) continue
    const key = `${Math.floor(o.xM / 100)}:${Math.floor(o.yM / 100)}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const sorted = [...counts.values()].sort((a, b) => b - a)
  const total = sorted.reduce((a, b) => a + b, 0)
  const top = (part: number): number =>
    round(
      sorted.slice(0, Math.max(1, Math.round(sorted.length * part))).reduce((a, b) => a + b, 0) / Math.max(1, total),
    )
  return [top(0.01), top(0.05), top(0.1)]
}

/** Half the sum of the differences of two share lists: 0 the same, 1 nothing in common. */
export function totalVariation(a: readonly number[], b: readonly number[]): number {
  return round(a.reduce((sum, v, i) => sum + Math.abs(v - (b[i] ?? 0)), 0) / 2)
}

/** Largest gap between the two distribution functions (Kolmogorov–Smirnov). */
export function ksDistance(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [[...a].sort((p, q) => p - q), [...b].sort((p, q) => p - q)]
  let [i, j, gap] = [0, 0, 0]
  while (i < x.length && j < y.length) {
    const at = Math.min(x[i] ?? 0, y[j] ?? 0)
    while (i < x.length && (x[i] ?? 0) <= at) i += 1
    while (j < y.length && (y[j] ?? 0) <= at) j += 1
    gap = Math.max(gap, Math.abs(i / x.length - j / y.length))
  }
  return round(gap)
}
