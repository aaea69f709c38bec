/** The trail of a case (经过): append-only, each entry bound to the one before it by a hash. */
import { digest } from '@pentad/platform/crypto'
import type { Status } from './model.ts'

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
}
export interface TrailRow extends TrailInput {
  prevHash: string
  hash: string
}

/** The entry with its hash over itself and the entry before it (SHA-256 over a JSON list in this order of fields). */
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
  ]
  return { ...entry, prevHash, hash: digest(JSON.stringify(said)) }
}

/** The first entry that does not follow from those before it; undefined when the trail is whole. */
export function brokenAt(trail: readonly TrailRow[]): number | undefined {
  let prevHash = ''
  for (const [i, entry] of trail.entries()) {
    if (entry.seq !== i + 1 || entry.prevHash !== prevHash || chained(entry, prevHash).hash !== entry.hash) return i + 1
    prevHash = entry.hash
  }
  return undefined
}
