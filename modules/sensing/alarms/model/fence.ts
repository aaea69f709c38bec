/** Vehicles and phones against a fence: one fix after the other, in the order of their clocks; since when, the fence's stays say. Pure. */
import { MINUTE } from '@pentad/platform/time'
import { holdsAt, isInside, type Fence as Place } from '../../tracks/model/fence.ts'
import type { Fence } from './rule.ts'

export interface Fix {
  deviceId: string
  /** By its own clock, in milliseconds. */
  at: number
  lon: number
  lat: number
  speedKmh: number | null
}
/** The last stay of a device in a fence. */
export interface KnownStay {
  enteredAt: number
  leftAt: number | null
}

/** Where a device stands to a fence. */
export interface FenceStanding {
  inside: boolean
  /** Since when it is on this side. */
  since: number
  /** Since when nothing was wrong; null while something is. */
  quietSince: number | null
  at: number
}

export interface FenceSeen {
  standing: FenceStanding
  wrong: boolean
  /** Wrong has been over for long enough. */
  quiet: boolean
  /** km/h where the rule is about speed, else minutes on that side. */
  level: number
}

function sinceOf(inside: boolean, before: FenceStanding | undefined, fix: Fix, stay: KnownStay | undefined): number {
  if (inside && stay?.leftAt === null && stay.enteredAt <= fix.at) return stay.enteredAt
  if (!inside && stay && stay.leftAt !== null && stay.leftAt <= fix.at) return stay.leftAt
  return before && before.inside === inside ? before.since : fix.at
}

/** What a fix changes; undefined for one that is not newer than what is known. */
export function followFence(
  fence: Fence,
  place: Place,
  clearMinutes: number,
  before: FenceStanding | undefined,
  fix: Fix,
  stay?: KnownStay,
): FenceSeen | undefined {
  if (before && fix.at <= before.at) return undefined
  const inside = isInside(place, [fix.lon, fix.lat], fix.at)
  const since = sinceOf(inside, before, fix, stay)
  const minutes = (fix.at - since) / MINUTE
  const side = fence.act === 'leave' ? !inside && holdsAt(place, fix.at) : inside
  const longEnough = fence.act !== 'dwell' || minutes >= fence.dwellMinutes
  const fast = fence.overKmh === null || (fix.speedKmh ?? 0) > fence.overKmh
  const wrong = side && longEnough && fast
  const quietSince = wrong ? null : (before?.quietSince ?? fix.at)
  return {
    standing: { inside, since, quietSince, at: fix.at },
    wrong,
    quiet: quietSince !== null && fix.at - quietSince >= clearMinutes * MINUTE,
    level: fence.overKmh === null ? minutes : (fix.speedKmh ?? 0),
  }
}
