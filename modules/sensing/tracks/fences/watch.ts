/** Who comes and goes: a fix against all fences, for gateways that remember and for small writers that ask. */
import type { Db } from '@pentad/platform/db'
import { type Fence, type Fix, isInside, latOf, lonOf } from '../model/index.ts'
import type { StayChange } from '../queries.ts'
import { fencesInForce, handlesOf } from './queries.ts'

export interface Watched {
  fences: readonly Fence[]
  /** Of fences that do not concern all: whom they do. */
  concerned: ReadonlyMap<string, ReadonlySet<number>>
}
export async function watchedFences(db: Db): Promise<Watched> {
  const fences = await fencesInForce(db)
  return { fences, concerned: await handlesOf(db, fences) }
}

/** Brings `inside` to where the fix is, and says what that changed. A fence that ended has closed its stays itself. */
export function crossings({ fences, concerned }: Watched, handle: number, inside: Set<string>, fix: Fix): StayChange[] {
  const changes: StayChange[] = []
  for (const fence of fences) {
    const isIn = (concerned.get(fence.id)?.has(handle) ?? true) && isInside(fence, [lonOf(fix), latOf(fix)], fix.atMs)
    if (isIn === inside.has(fence.id)) continue
    if (isIn) inside.add(fence.id)
    else inside.delete(fence.id)
    changes.push({ fenceId: fence.id, handle, atMs: fix.atMs, act: isIn ? 'enter' : 'leave' })
  }
  return changes
}
