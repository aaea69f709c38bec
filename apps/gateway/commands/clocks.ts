/** The clocks of devices, as their messages of the moment show them; those that are off, or ask, are told the time. */
import { type setClock, talkOf } from '@pentad/sensing'
import { type ClockSeen, clockOff, clockSeen } from '@pentad/sensing/model'
import type { Carrier } from './lines.ts'

/** A device whose clock is off is put before the database at most so often; there the rule of hours decides. */
const clockAgainMs = 10 * 60_000
/** A device that asks at each start is answered each time, one that asks without end is not. */
const askAgainMs = 60_000
const mostClocks = 100_000

interface Clock {
  seen: ClockSeen
  restUntil: number
  askedUntil: number
}

export function watchClocks(
  set: (deviceId: string, how: Parameters<typeof setClock>[2]) => void,
): Pick<Carrier, 'clock' | 'asksTime'> {
  const clocks = new Map<string, Clock>()
  const of = (deviceId: string): Clock =>
    clocks.get(deviceId) ?? { seen: { offsetsMs: [] }, restUntil: 0, askedUntil: 0 }
  const keep = (deviceId: string, clock: Clock): void => {
    if (clocks.size < mostClocks || clocks.has(deviceId)) clocks.set(deviceId, clock)
  }
  return {
    clock({ id, profile }, offsetMs) {
      const { boundSeconds, everyHours } = talkOf(profile)
      if (boundSeconds === 0) return
      const now = new Date()
      const clock = of(id)
      const seen = clockSeen(clock.seen, offsetMs)
      const offMs = clockOff(seen, { boundSeconds, everyHours })
      if (offMs === null || clock.restUntil > now.getTime()) {
        keep(id, { ...clock, seen })
        return
      }
      keep(id, { ...clock, seen: { offsetsMs: [] }, restUntil: now.getTime() + clockAgainMs })
      set(id, { cause: 'clock', everyHours, offMs, now })
    },
    asksTime({ id }) {
      const now = new Date()
      const clock = of(id)
      if (clock.askedUntil > now.getTime()) return
      keep(id, { ...clock, askedUntil: now.getTime() + askAgainMs })
      set(id, { cause: 'device', everyHours: askAgainMs / 3_600_000, offMs: null, now })
    },
  }
}
