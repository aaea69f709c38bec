/** Vehicles between two fixes: each glides from where it is shown to where it was last heard, the shorter way round. */
import type { LivePosition } from '@pentad/sensing/model'

/** Milliseconds to glide; fixes come every 5–30 s, and a sign that stands for a moment is better than one that lags. */
export const glideMs = 2500

interface Course {
  from: [lon: number, lat: number]
  to: [lon: number, lat: number]
  fromHeading: number
  heading: number
  /** A heading is known: an arrow, not a dot. */
  turns: boolean
  start: number
}
export interface Shown {
  handle: number
  lon: number
  lat: number
  heading: number
  turns: boolean
}

/** The turn from one heading to another, -180–180 degrees. */
export const turnOf = (from: number, to: number): number => ((((to - from + 180) % 360) + 360) % 360) - 180

/** With `glide` 0 signs stand where they were last heard: for those who want no motion. */
export function fleet(glide = glideMs) {
  const courses = new Map<number, Course>()

  const at = (c: Course, now: number) => {
    const share = glide === 0 ? 1 : Math.min(1, Math.max(0, (now - c.start) / glide))
    return {
      lon: c.from[0] + (c.to[0] - c.from[0]) * share,
      lat: c.from[1] + (c.to[1] - c.from[1]) * share,
      heading: c.fromHeading + turnOf(c.fromHeading, c.heading) * Math.min(1, share * 3),
    }
  }

  return {
    /** A new fix. */
    heard(p: LivePosition, now: number): void {
      const old = courses.get(p.handle)
      const here = old ? at(old, now) : { lon: p.lon, lat: p.lat, heading: p.headingDeg ?? 0 }
      courses.set(p.handle, {
        from: [here.lon, here.lat],
        to: [p.lon, p.lat],
        fromHeading: here.heading,
        heading: p.headingDeg ?? here.heading,
        turns: p.headingDeg !== null && (p.speedKmh ?? 0) > 0,
        start: now,
      })
    },
    /** Everything known anew, as after a break of the line. */
    replace(positions: readonly LivePosition[], now: number): void {
      const seen = new Set(positions.map((p) => p.handle))
      for (const handle of courses.keys()) if (!seen.has(handle)) courses.delete(handle)
      for (const p of positions) this.heard(p, now)
    },
    shown: (now: number): Shown[] => Array.from(courses, ([handle, c]) => ({ handle, turns: c.turns, ...at(c, now) })),
    moving: (now: number): boolean => Array.from(courses.values()).some((c) => now - c.start < glide),
    size: (): number => courses.size,
  }
}
