/** What of a batch is to be judged. Pure. */
import { HOUR } from '@pentad/platform/time'
import type { FreshSpan } from './queries/index.ts'

/** What comes later than this is history: it is kept and drawn, and nobody is sent out for it. */
const lateAllowed = 2 * HOUR

interface Stored {
  deviceId: string
  factor: string
  period: string
  observedAt: Date
  flag: string | null
  quality: readonly string[]
}

/** By device and hour, so that a monitor that sends its history does not make a day be read. */
export function freshOf(stored: readonly Stored[], now: Date): { spans: FreshSpan[]; factors: string[] } {
  const spans = new Map<string, FreshSpan>()
  const factors = new Set<string>()
  for (const { deviceId, factor, period, observedAt, flag, quality } of stored) {
    if ((period !== 'rtd' && period !== 'minute') || (flag ?? 'N') !== 'N' || quality.length > 0) continue
    factors.add(factor)
    const key = `${deviceId} ${Math.floor(observedAt.getTime() / HOUR)}`
    const late = now.getTime() - observedAt.getTime() > lateAllowed
    const there = spans.get(key)
    if (!there) {
      // Later than its end: nothing of it is judged.
      const never = new Date(observedAt.getTime() + HOUR)
      spans.set(key, { deviceId, from: observedAt, until: observedAt, judgeFrom: late ? never : observedAt })
      continue
    }
    if (observedAt < there.from) there.from = observedAt
    if (observedAt > there.until) there.until = observedAt
    if (!late && observedAt < there.judgeFrom) there.judgeFrom = observedAt
  }
  return { spans: [...spans.values()], factors: [...factors] }
}
