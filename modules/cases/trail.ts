/** The trail of a case (经过): append-only, each entry bound to the one before it by a hash. */
import { digest } from '@pentad/platform/crypto'
import type { Status } from './model/index.ts'

export interface TrailInput {
  caseId: string
  seq: number
  act: string
  actorId: string
  actorUnit: string | null
  from: Status | null
  to: Status
  at: Date
  recorded: Date
  reason: string | null
  standardId: string | null
  unitId: string | null
  photoIds: readonly string[]
  lon: number | null
  lat: number | null
  usedSeconds: number | null
  /** What else was said with it, so that the case can be lived again from its trail. */
  detail?: Record<string, unknown> | null
}
export interface TrailRow extends TrailInput {
  prevHash: string
  hash: string
}

/** The entry with its hash over itself and the entry before it (SHA-256 over a JSON list in this order of fields; the detail, with its keys in order, where there is one). */
export function chained(entry: TrailInput, prevHash: string): TrailRow {
  const {
    caseId,
    seq,
    act,
    actorId,
    actorUnit,
    from,
    to,
    at,
    recorded,
    reason,
    standardId,
    unitId,
    photoIds,
    lon,
    lat,
    usedSeconds,
    detail,
  } = entry
  const said = [
    prevHash,
    caseId,
    seq,
    act,
    actorId,
    actorUnit,
    from,
    to,
    at.toISOString(),
    recorded.toISOString(),
    reason,
    standardId,
    unitId,
    photoIds,
    lon,
    lat,
    usedSeconds,
    ...(detail ? [inOrder(detail)] : []),
  ]
  return { ...entry, prevHash, hash: digest(JSON.stringify(said)) }
}

/** The engine keeps no order of keys. */
const inOrder = (x: unknown): unknown =>
  Array.isArray(x)
    ? x.map(inOrder)
    : x !== null && typeof x === 'object'
      ? Object.fromEntries(
          Object.entries(x)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, v]) => [k, inOrder(v)]),
        )
      : x

/** The first entry that does not follow from those before it; undefined when the trail is whole. */
export function brokenAt(trail: readonly TrailRow[]): number | undefined {
  let prevHash = ''
  for (const [i, entry] of trail.entries()) {
    if (entry.seq !== i + 1 || entry.prevHash !== prevHash || chained(entry, prevHash).hash !== entry.hash) return i + 1
    prevHash = entry.hash
  }
  return undefined
}
