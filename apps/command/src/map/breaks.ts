/** Classes of a choropleth. Pure. */

export interface ClassBreak {
  /** From here on, up to below the next. */
  from: number
  /** Below this; null for the last. */
  below: number | null
}

/** At most so many classes of about equal numbers of areas; each begins at a value that occurs, and none is empty. */
export function quantileBreaks(values: readonly number[], classes = 5): ClassBreak[] {
  const sorted = values.filter((v) => v > 0).sort((a, b) => a - b)
  const starts = new Set<number>()
  for (let i = 0; i < classes; i++) {
    const at = sorted[Math.floor((i * sorted.length) / classes)]
    if (at !== undefined) starts.add(at)
  }
  return breaksFrom([...starts])
}

/** Classes that begin at given values. */
export const breaksFrom = (starts: readonly number[]): ClassBreak[] =>
  starts.map((from, i) => ({ from, below: starts[i + 1] ?? null }))

/** The class of a value, or -1 below the first. */
export const classOf = (breaks: readonly ClassBreak[], value: number): number =>
  breaks.findLastIndex(({ from }) => value >= from)

/** Shares of late cases: the same classes everywhere, so that two maps may be compared. */
export const lateBreaks = breaksFrom([0.0001, 0.05, 0.1, 0.2, 0.35])
/** Open cases of a cell of 100 m. */
export const cellBreaks = breaksFrom([1, 2, 4, 7, 12])
