/** What speaks against the evidence of a step (真实性): said, counted and shown, for a person to judge. Pure. */
import type { PhotoRow } from '@pentad/evidence'
import { distanceM } from '@pentad/platform/geo'
import { MINUTE } from '@pentad/platform/time'
import type { Command, Flow } from './model/index.ts'
import type { CaseRow } from './queries/index.ts'

/** `far`: taken elsewhere; `no-place`: nobody knows where; `before-work`: older than the work; `seen-before`: a picture that is known. */
export const doubtKinds = ['far', 'no-place', 'before-work', 'seen-before'] as const
export type Doubt = (typeof doubtKinds)[number]

/** Steps whose photos say that the work is done. */
export const provesWork = (step: Command['step']): boolean => step === 'report_done' || step === 'pass_check'

/** A camera's clock may be a little off. */
const clockLeewayMs = 10 * MINUTE

export function doubtsOf(
  c: Pick<CaseRow, 'lon' | 'lat' | 'clockStart'>,
  input: Command & { point?: { lon: number; lat: number } | undefined },
  photos: readonly Pick<PhotoRow, 'id' | 'takenAt' | 'takenLon' | 'takenLat'>[],
  seenBefore: readonly string[],
  flow: Flow,
): Doubt[] {
  if (!provesWork(input.step)) return []
  const doubts = new Set<Doubt>()
  const far = (lon: number, lat: number) => distanceM([c.lon, c.lat], [lon, lat]) > flow.nearM
  if (input.point && far(input.point.lon, input.point.lat)) doubts.add('far')
  let placed = input.point !== undefined
  for (const p of photos) {
    if (p.takenLon !== null && p.takenLat !== null) {
      placed = true
      if (far(p.takenLon, p.takenLat)) doubts.add('far')
    }
    if (p.takenAt && c.clockStart && p.takenAt.getTime() < c.clockStart.getTime() - clockLeewayMs)
      doubts.add('before-work')
    if (seenBefore.includes(p.id)) doubts.add('seen-before')
  }
  if (!placed) doubts.add('no-place')
  return [...doubts]
}
