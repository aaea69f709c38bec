/**
 * The checker is drawn by lot (核查员随机抽取), so that nobody can arrange who comes: the trail itself is the seed, and the candidates
 * and the draw are in it too, so that everybody can draw again and see that it comes out the same.
 */
import { type Holder, holdersOf } from '@pentad/identity'
import { permissionsOf, type Role, roles } from '@pentad/identity/model'
import { digest } from '@pentad/platform/crypto'
import type { Db } from '@pentad/platform/db'
import { HOUR, legalDayOf } from '@pentad/platform/time'
import { type Flow, leadsTo, type StepName, stepOf } from '../model/index.ts'
import type { CaseRow } from '../queries/index.ts'
import { actsOfLine, type PastAct } from './queries.ts'

/** As it stands in the trail. */
export interface Lot {
  /** The last hash of the trail before the draw. */
  of: string
  /** Its hash, by which the draw is made. */
  seed: string
  /** Ids in their order. */
  candidates: string[]
  drawn: string | null
  /** Among those on duty; where none of them may check, among all who hold the post; or there was nobody. */
  among: 'on-duty' | 'all' | 'nobody'
}

/** Who used the system within so many hours is on duty. */
export const onDutyHours = 4

/** The first 48 bits of the seed point to one of the candidates. */
export const drawFrom = (seed: string, candidates: readonly string[]): string | null =>
  candidates[Number.parseInt(seed.slice(0, 12), 16) % candidates.length] ?? null

/** Draws again; true when it comes out as it is written. */
export const lotStands = (lot: Lot): boolean => {
  const inOrder = lot.candidates.every((id, i) => i === 0 || (lot.candidates[i - 1] ?? '') < id)
  return inOrder && lot.seed === digest(lot.of) && lot.drawn === drawFrom(lot.seed, lot.candidates)
}

/** Those who must not check: whoever did or was to do the work, their units, and whoever checked it before. */
export function barredBy(
  c: Pick<CaseRow, 'workedBy' | 'assigneeId' | 'leadUnitId' | 'coUnitIds'>,
  acts: readonly PastAct[],
): { people: Set<string>; units: Set<string> } {
  const works = ['sign', 'report_done', 'self_handle']
  const checks = ['pass_check', 'fail_check']
  const people = [
    c.workedBy,
    c.assigneeId,
    ...acts.flatMap((a) => [
      works.includes(a.act) || checks.includes(a.act) ? a.actorId : null,
      // Sent to check, drawn, or told to do the work.
      a.act === 'assign' || a.act === 'send_check' ? a.personId : null,
      a.drawn,
    ]),
  ]
  const units = [c.leadUnitId, ...c.coUnitIds, ...acts.map((a) => a.unitId)]
  const known = (list: readonly (string | null)[]) => new Set(list.filter((x) => x !== null))
  return { people: known(people), units: known(units) }
}

/** Draws among the holders. Pure. */
export function lotAmong(
  holders: readonly Holder[],
  barred: { people: ReadonlySet<string>; units: ReadonlySet<string> },
  lastHash: string,
  now: Date,
): Lot {
  const free = holders.filter((h) => !barred.people.has(h.id) && !h.units.some((u) => barred.units.has(u)))
  const onDuty = free.filter((h) => h.lastUsed && now.getTime() - h.lastUsed.getTime() <= onDutyHours * HOUR)
  const among = onDuty.length ? 'on-duty' : free.length ? 'all' : 'nobody'
  const candidates = (among === 'on-duty' ? onDuty : free).map((h) => h.id).sort()
  const seed = digest(lastHash)
  return { of: lastHash, seed, candidates, drawn: drawFrom(seed, candidates), among }
}

const checkersOf = (flow: Flow): Role[] => {
  const named = flow.roles.pass_check
  return roles.filter((r) => (named ? named.includes(r) : permissionsOf[r].includes(stepOf('pass_check').may)))
}

/** The lot for a check of this case. `also`: whoever acts just now and may not check either. */
export async function lotFor(db: Db, c: CaseRow, flow: Flow, now: Date, also: readonly string[] = []): Promise<Lot> {
  const acts = await actsOfLine(db, c.id)
  const barred = barredBy(c, acts)
  for (const id of also) barred.people.add(id)
  const holders = c.areaCode ? await holdersOf(db, checkersOf(flow), c.areaCode, legalDayOf(now)) : []
  return lotAmong(holders, barred, c.lastHash, now)
}

/** Whoever once said that it was fixed does not judge the objection to that, also where nobody could be drawn. */
export async function passedBefore(
  db: Db,
  c: Pick<CaseRow, 'id' | 'reopenedFrom'>,
  step: StepName,
  by: readonly string[],
): Promise<boolean> {
  if (!c.reopenedFrom || (step !== 'pass_check' && step !== 'fail_check')) return false
  return (await actsOfLine(db, c.id)).some((a) => a.act === 'pass_check' && by.includes(a.actorId))
}

/** Whether this step sends the case to a check for which the city draws the checker. */
export function drawsChecker(step: StepName, personId: string | undefined, flow: Flow): boolean {
  const { to } = stepOf(step)
  return flow.checkerByLot && !personId && to !== 'same' && to !== 'back' && leadsTo(flow, to) === 'checking'
}
