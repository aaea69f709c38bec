/** What is written down of alarms against what the data now says. Pure. */
import { MINUTE } from '@pentad/platform/time'
import type { Before, Span } from './spans.ts'

export interface Recorded extends Span {
  id: string
}

export type Act =
  | { act: 'raise'; span: Span }
  /** It began earlier, went higher, or ended. */
  | { act: 'change'; id: string; span: Span; clears: boolean }
  /** Data that came late shows that there was nothing. */
  | { act: 'withdraw'; id: string }

/** How a rule stood at `at`, from its alarms; those that begin later are not in it. */
export function standingAt(recorded: readonly Recorded[], at: number): Before {
  let open: Span | null = null
  let clearedAt: number | null = null
  for (const r of recorded) {
    if (r.from > at) continue
    if (r.until === null || r.until > at) open = { ...r, until: null }
    else clearedAt = Math.max(clearedAt ?? Number.NEGATIVE_INFINITY, r.until)
  }
  return { open, clearedAt }
}

/** An alarm that was raised in a minute not yet over lies up to a minute before the end that it belongs to. */
const near = (r: Recorded, s: Span): boolean =>
  r.from <= (s.until ?? Number.POSITIVE_INFINITY) + MINUTE && s.from <= (r.until ?? Number.POSITIVE_INFINITY) + MINUTE

/** Acts after which the record is as the spans are. `recorded` are those open at the beginning of the range or begun in it. */
export function reconcile(recorded: readonly Recorded[], spans: readonly Span[]): Act[] {
  const acts: Act[] = []
  const left = [...recorded].sort((a, b) => a.from - b.from)
  for (const span of spans) {
    const i = left.findIndex((r) => near(r, span))
    const [found] = i < 0 ? [] : left.splice(i, 1)
    if (!found) {
      acts.push({ act: 'raise', span })
      continue
    }
    const sameMinute = found.from <= span.from && span.from - found.from <= MINUTE
    const next = { ...span, from: sameMinute ? found.from : span.from, peak: Math.max(found.peak, span.peak) }
    const clears = found.until === null && next.until !== null
    if (next.from !== found.from || next.until !== found.until || next.peak !== found.peak)
      acts.push({ act: 'change', id: found.id, span: next, clears })
  }
  return [...left.map((r): Act => ({ act: 'withdraw', id: r.id })), ...acts]
}
