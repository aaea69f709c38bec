/** What the latest data of a device say against it. Pure. */
import type { Trouble } from '../model.ts'

interface Judged {
  deviceId: string
  observedAt: Date
  /** Data flag of HJ 212, chapter 6. */
  flag: string | null
  quality: readonly string[]
}

/** D: fault of the instrument, B: fault of its link; T: above what it can measure. */
const faultFlags = new Set(['D', 'B'])
const rangeFlags = new Set(['T'])

export function troubleOf({ flag, quality }: Pick<Judged, 'flag' | 'quality'>): Trouble | null {
  // A clock that is wrong makes all else doubtful.
  if (quality.includes('clock-ahead') || quality.includes('clock-behind')) return 'clock-off'
  if ((flag !== null && faultFlags.has(flag)) || quality.includes('frozen')) return 'faulty'
  if ((flag !== null && rangeFlags.has(flag)) || quality.includes('out-of-range')) return 'out-of-range'
  return null
}

const rank: Record<Trouble, number> = { 'clock-off': 3, faulty: 2, 'out-of-range': 1 }

/** For each device the worst that its newest values say; null where they say nothing. */
export function troublesOf(rows: readonly Judged[]): Map<string, Trouble | null> {
  const newest = new Map<string, { at: number; trouble: Trouble | null }>()
  for (const row of rows) {
    const trouble = troubleOf(row)
    const at = row.observedAt.getTime()
    const there = newest.get(row.deviceId)
    const worse = trouble !== null && (!there?.trouble || rank[trouble] > rank[there.trouble])
    if (!there || at > there.at || (at === there.at && worse)) newest.set(row.deviceId, { at, trouble })
  }
  return new Map([...newest].map(([id, { trouble }]) => [id, trouble]))
}
