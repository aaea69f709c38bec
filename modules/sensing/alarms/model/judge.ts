/** What a rule that is judged from minutes sees at each end of one, and the spans that follow (domain §8.3, §8.4). Pure. */
import { MINUTE } from '@pentad/platform/time'
import { defaultNights, isNight, limitsAt, type Nights } from '../../noise/model/standard.ts'
import { isLevel, type Minutes, meanBefore } from './minutes.ts'
import type { MinuteRule, Missing, Rate, Threshold } from './rule.ts'
import { type Before, type Ends, type Span, spansOf } from './spans.ts'

/** Minutes of one device by factor; all begin and end together. */
export type Series = ReadonlyMap<string, Minutes>

const empty = (like: Minutes): Minutes => ({
  ...like,
  mean: new Float64Array(like.mean.length).fill(Number.NaN),
  max: new Float64Array(like.mean.length).fill(Number.NaN),
  pair: new Float64Array(like.mean.length).fill(Number.NaN),
  whole: 0,
})

/** The spans that a rule finds at a device, as far as they are open at `after` or begin later. */
export function judgeMinutes(
  rule: MinuteRule,
  series: Series,
  before: Before,
  { after, nights = defaultNights }: { after?: number; nights?: Nights } = {},
): Span[] {
  const minutes = series.get(rule.condition.factor) ?? [...series.values()].map(empty)[0]
  if (!minutes) return before.open ? [before.open] : []
  const ends = endsOf(rule, minutes, nights, doubtIn(rule, series))
  const { condition: c } = rule
  const steps = {
    forMinutes: c.kind === 'threshold' ? c.forMinutes : 1,
    clear: rule.clear,
    coolDownMinutes: rule.coolDownMinutes,
    validShare: c.kind === 'threshold' ? c.validShare : 0.75,
  }
  return spansOf(ends, steps, before, after)
}

/** Also the curve with its limit that the editor draws. */
export function endsOf(
  rule: MinuteRule,
  minutes: Minutes,
  nights: Nights = defaultNights,
  doubtfulAt: (end: number) => boolean = () => false,
): Ends {
  const { condition: c } = rule
  const length = minutes.mean.length
  const begin = (i: number) => new Date(minutes.from + i * MINUTE)
  // Night or day of each minute; a window that ends at 22:00 sharp is all day.
  const night = Uint8Array.from({ length }, (_, i) => (isNight(begin(i), nights) ? 1 : 0))
  const holds = (i: number) => rule.hours === 'any' || (rule.hours === 'night') === (night[i] === 1)
  const limit = new Float64Array(length)
  const standards: string[] = []
  for (let i = 0; i < length; i++) {
    const found = limitAt(c, begin(i), night[i] === 1, nights)
    limit[i] = holds(i) ? (found.limit ?? Number.NaN) : Number.NaN
    standards.push(found.standard ?? rule.basis)
  }
  const at = (i: number) => i + 1
  const parts = { minutes, night, sided: sided(rule) }
  const level = Float64Array.from({ length }, (_, i) => levelAt(c, at(i), parts))
  const whole = c.kind === 'missing' ? length : minutes.whole
  return {
    first: minutes.from + MINUTE,
    level,
    ...(c.kind === 'threshold' && c.measure === 'max' ? { shown: minutes.max } : {}),
    limit,
    standardAt: (i) => standards[i] ?? rule.basis,
    doubtfulAt: (i) => doubtfulAt(at(i)),
    whole,
  }
}

/** Minutes on the other side of 22:00 or 06:00 do not count where day and night have limits of their own. */
const sided = ({ condition: c, hours }: MinuteRule): boolean =>
  hours !== 'any' || (c.kind === 'threshold' && (c.limit.by === 'construction-noise' || c.limit.day !== c.limit.night))

function limitAt(
  c: Threshold | Rate | Missing,
  at: Date,
  night: boolean,
  nights: Nights,
): { limit: number | null; standard?: string } {
  if (c.kind === 'rate') return { limit: c.by }
  if (c.kind === 'missing') return { limit: c.missingShare * 100 }
  if (c.limit.by === 'number') return { limit: night ? c.limit.night : c.limit.day }
  const { leq, max, standard } = limitsAt(at, nights)
  const of = c.measure === 'mean' ? leq : max
  return { limit: of === null ? null : of + c.limit.over, standard }
}

interface Parts {
  minutes: Minutes
  night: Uint8Array
  sided: boolean
}
/** The level at the end of minute `end - 1`. */
function levelAt(c: Threshold | Rate | Missing, end: number, { minutes, night, sided: bySide }: Parts): number {
  if (c.kind === 'missing') {
    if (end < c.windowMinutes) return Number.NaN
    let have = 0
    for (let i = end - c.windowMinutes; i < end; i++)
      if (!Number.isNaN(minutes.mean[i]) || !Number.isNaN(minutes.max[i])) have++
    // Nothing at all is silence, which is another rule.
    return have === 0 ? Number.NaN : (1 - have / c.windowMinutes) * 100
  }
  if (c.kind === 'rate') {
    // A minute that is not over has no mean yet.
    if (end > minutes.whole) return Number.NaN
    const change = (minutes.mean[end - 1] ?? Number.NaN) - (minutes.mean[end - 1 - c.withinMinutes] ?? Number.NaN)
    return c.direction === 'up' ? change : c.direction === 'down' ? -change : Math.abs(change)
  }
  if (c.measure === 'max') return minutes.pair[end - 1] ?? Number.NaN
  if (end > minutes.whole) return Number.NaN
  const side = night[end - 1]
  return meanBefore(minutes.mean, end, c.averagingMinutes, {
    byEnergy: isLevel(c.factor),
    least: Math.ceil(c.averagingMinutes * c.validShare),
    ...(bySide ? { counts: (i: number) => night[i] === side } : {}),
  })
}

/** Doubt looks at the quarter of an hour before. */
const doubtMinutes = 15
function doubtIn(rule: MinuteRule, series: Series): (end: number) => boolean {
  const others = rule.doubtful.flatMap(({ factor, above }) => {
    const minutes = series.get(factor)
    return minutes ? [{ mean: minutes.mean, above, byEnergy: isLevel(factor) }] : []
  })
  return (end) =>
    others.some(({ mean, above, byEnergy }) => meanBefore(mean, end, doubtMinutes, { byEnergy, least: 1 }) > above)
}
