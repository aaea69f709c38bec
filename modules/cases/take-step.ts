/** Carries a step out: the rule decides, the trail grows, the clocks and the news follow, all in one transaction. */

import type { PhotoRow } from '@pentad/evidence'
import { photosOf } from '@pentad/evidence'
import type { Point } from '@pentad/geography/model'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { type Actor, covers, type Scope } from '@pentad/platform/rights'
import { classInForce, standardById } from '@pentad/rulebook'
import type { Kind, WorkCalendar } from '@pentad/rulebook/model'
import { unfitPerson } from './console/person.ts'
import { doubtsOf, provesWork } from './doubts.ts'
import { calendarFor, change, entryOf } from './entry.ts'
import {
  type Command,
  decide,
  type Flow,
  isOpen,
  machineTaker,
  reclocked,
  stageDue,
  stepOf,
  type Taker,
  usedSeconds,
} from './model/index.ts'
import {
  type CaseChange,
  type CaseRow,
  caseById,
  flowBy,
  flowInForce,
  unitsWith,
  writeChanges,
} from './queries/index.ts'
import { drawsChecker, type Lot, lotFor, passedBefore } from './truth/lot.ts'
import { seenBefore } from './truth/seen-before.ts'

export const scopeOf = (c: Pick<CaseRow, 'areaCode' | 'leadUnitId' | 'coUnitIds' | 'createdBy'>): Scope => ({
  areaCode: c.areaCode,
  units: unitsWith(c),
  createdBy: c.createdBy,
})

/** What the actor may do to this case, by the posts that cover its place and by those that cover its unit. */
export function takerOf(actor: Actor, c: Pick<CaseRow, 'areaCode' | 'leadUnitId'>): Taker {
  const by = (scope: Scope) => actor.grants.filter((g) => covers(g, scope))
  const byArea = by({ areaCode: c.areaCode })
  const byUnit = by({ units: c.leadUnitId ? [c.leadUnitId] : [] })
  return {
    id: actor.id,
    mayByArea: byArea.flatMap((g) => g.may),
    mayByUnit: byUnit.flatMap((g) => g.may),
    rolesByArea: byArea.map((g) => g.role),
    rolesByUnit: byUnit.map((g) => g.role),
    units: actor.grants.map((g) => g.unitId),
  }
}

export interface StepInput extends Command {
  point?: Point | undefined
  kind?: Kind | undefined
  classCode?: string | undefined
}

/** What the rule must be told of the world beyond the case; read before it decides. */
export interface World {
  flow: Flow
  /** Of the case's own version, else the one in force. */
  calendar: WorkCalendar | null
  photos: readonly PhotoRow[]
  /** Photos that were seen in another case, or earlier in this one. */
  seenBefore: readonly string[]
  standard?: Awaited<ReturnType<typeof standardById>>
  cls?: Awaited<ReturnType<typeof classInForce>>
  unitAxis: Record<string, string>
  master?: CaseRow | undefined
  /** The draw of the checker, where the city draws. */
  lot?: Lot | undefined
}

/** The step as changes of this case and of those that it touches, or the refusal. Decides only: nothing is read or written here. */
export function taken(
  before: CaseRow,
  input: StepInput,
  actor: Actor | 'machine',
  now: Date,
  world: World,
): CaseChange[] | Refusal {
  const taker = actor === 'machine' ? machineTaker : takerOf(actor, before)
  const doubts = doubtsOf(before, input, world.photos, world.seenBefore, world.flow)
  const decided = decide(before, input, taker, now, world.flow, { master: world.master, doubts })
  if (isRefusal(decided)) return decided
  let c: CaseRow = { ...before, ...decided }
  if (world.lot && c.status === 'checking') c.checkerId = world.lot.drawn

  if (input.step === 'accept' && input.classCode) {
    const { cls } = world
    if (!cls) return refuse('rulebook/unknown-class', { kind: input.kind ?? before.kind, code: input.classCode })
    const same = cls.kind === before.kind && cls.code === before.classCode
    // A component of another class is not what it is about.
    const component = same ? {} : { componentId: null, componentChosen: false }
    c = { ...c, scheme: cls.scheme, schemeVersion: cls.version, kind: cls.kind, classCode: cls.code, ...component }
  }
  if (c.standardId !== before.standardId) {
    const { standard } = world
    const of = standard && `${standard.scheme} ${standard.version} ${standard.kind} ${standard.code}`
    if (!standard || of !== `${c.scheme} ${c.schemeVersion} ${c.kind} ${c.classCode}`)
      return refuse('rulebook/unknown-standard')
    c = { ...c, limitValue: standard.limitValue, limitUnit: standard.limitUnit }
  }
  if (input.step === 'file') c.flowVersion = world.flow.version
  if (input.step === 'dispatch') {
    // Supervision must not dispose of what it supervises (双轴心).
    const wrong = unitsWith(c).find((u) => world.unitAxis[u] !== 'disposal')
    if (wrong) return refuse('cases/not-a-disposal-unit', { unit: wrong })
  }
  const { calendar, flow } = world
  if (c.clockStart && !calendar) throw new Error(`case ${c.id} has a clock and no calendar`)
  if (calendar) {
    const due = c.due
    if (c.clockStart && !before.clockStart) c.calendarVersion = calendar.version
    c = reclocked(before, c, calendar, flow.urgeShare, now)
    if (c.due?.getTime() !== due?.getTime()) c.told = c.told.filter((t) => t !== 'urge' && t !== 'overdue')
  }
  if (c.status !== before.status) {
    Object.assign(c, {
      stageSince: now,
      stageDue: stageDue(flow, c.status, now),
      told: c.told.filter((t) => t !== 'stage_late'),
      closedAt: isOpen(c.status) ? null : now,
    })
  }
  const held =
    actor === 'machine'
      ? undefined
      : actor.grants.find((g) => g.may.includes(stepOf(input.step).may) && covers(g, scopeOf(before)))
  const entry = entryOf(
    before,
    c,
    {
      act: input.step,
      actorId: taker.id,
      actorUnit: held?.unitId ?? null,
      at: input.at < now ? input.at : now,
      reason: input.reason?.trim() || null,
      standardId: c.standardId !== before.standardId ? c.standardId : null,
      unitId: input.step === 'dispatch' ? c.leadUnitId : null,
      photoIds: input.photoIds ?? [],
      lon: input.point?.lon ?? null,
      lat: input.point?.lat ?? null,
      usedSeconds: calendar ? usedSeconds(c, calendar, now) : null,
      detail: detailOf(input, c, before, world.lot),
    },
    now,
  )
  return [change(before, c, entry), ...masterChange(before, c, world.master, input, taker.id, now)]
}

/** What was said with a step beyond reason, standard, unit and photos; nothing when there is nothing. */
function detailOf(
  input: StepInput,
  after: CaseRow,
  before: CaseRow,
  lot: Lot | undefined,
): Record<string, unknown> | null {
  const detail: Record<string, unknown> = {}
  const say = (key: string, value: unknown) => {
    if (value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)) detail[key] = value
  }
  say('reasonCode', input.reasonCode)
  if (input.step === 'dispatch') say('coUnitIds', after.coUnitIds)
  if (input.step === 'ask_return') say('unitId', input.unitId)
  say('personId', input.personId)
  say('lot', lot)
  say('value', input.value)
  say('until', input.until?.toISOString())
  say('intoId', input.intoId)
  say('target', input.target?.trim())
  if (after.closeKind !== before.closeKind && after.closeKind !== 'normal') say('closeKind', after.closeKind)
  if (after.doubts.length > before.doubts.length) say('doubts', after.doubts)
  if (input.step === 'unmerge') say('fromId', before.mergedInto)
  if (after.flowVersion !== before.flowVersion) say('flow', after.flowVersion)
  if (after.kind !== before.kind || after.classCode !== before.classCode)
    say('class', [after.scheme, after.schemeVersion, after.kind, after.classCode])
  return Object.keys(detail).length ? detail : null
}

/** The case that takes another in, or lets it go, says so in its own trail and counts its reporters. */
function masterChange(
  before: CaseRow,
  after: CaseRow,
  master: CaseRow | undefined,
  input: StepInput,
  actorId: string,
  now: Date,
): CaseChange[] {
  if (!master || (input.step !== 'merge' && input.step !== 'unmerge')) return []
  const joins = input.step === 'merge'
  const counted = { ...master, reports: Math.max(1, master.reports + (joins ? after.reports : -before.reports)) }
  const said = {
    act: joins ? 'merged_in' : 'merged_out',
    actorId,
    detail: { caseId: before.id, no: before.no },
  } as const
  return [change(master, counted, entryOf(master, counted, said, now))]
}

/** Reads the world for a step. `by`: who takes it; a checker who is drawn is somebody else. */
export async function worldFor(
  db: Db,
  before: CaseRow,
  input: StepInput,
  by: readonly string[] = [],
): Promise<World | Refusal> {
  const photos = await photosOf(db, input.photoIds ?? [])
  if (isRefusal(photos)) return photos
  const flow = await flowBy(db, input.step === 'file' ? await flowInForce(db) : before.flowVersion)
  if (await passedBefore(db, before, input.step, by)) return refuse('cases/checked-before')
  const unfit = await unfitPerson(db, before, input, flow)
  if (unfit) return unfit
  const needsClock = before.clockStart !== null || input.step === 'dispatch'
  const dispatches = input.step === 'dispatch'
  const other = input.step === 'merge' ? input.intoId : input.step === 'unmerge' ? before.mergedInto : undefined
  return {
    flow,
    calendar: needsClock ? await calendarFor(db, before.calendarVersion) : null,
    photos,
    seenBefore: photos.length && provesWork(input.step) ? await seenBefore(db, photos) : [],
    ...(drawsChecker(input.step, input.personId, flow) ? { lot: await lotFor(db, before, flow, new Date(), by) } : {}),
    ...(input.standardId ? { standard: await standardById(db, input.standardId) } : {}),
    ...(input.classCode ? { cls: await classInForce(db, input.kind ?? before.kind, input.classCode) } : {}),
    unitAxis: dispatches ? Object.fromEntries((await allUnits(db)).map((u) => [u.id, u.axis])) : {},
    ...(other ? { master: await caseById(db, other, true) } : {}),
  }
}

/** Takes the step on a locked case, inside a transaction; gives the case as it is then, or the refusal. */
export async function carryOut(
  db: Db,
  before: CaseRow,
  input: StepInput,
  actor: Actor | 'machine',
  now: Date,
): Promise<CaseRow | Refusal> {
  const world = await worldFor(db, before, input, actor === 'machine' ? [] : [actor.id])
  if (isRefusal(world)) return world
  const changes = taken(before, input, actor, now, world)
  if (isRefusal(changes)) return changes
  const [written] = await writeChanges(db, [{ cases: changes }])
  // Its own row is locked; only the master of a merge can have moved on between the two.
  if (!written) return refuse('cases/moved-on')
  const [own] = changes
  return own ? { ...own.after, version: own.entries.at(-1)?.seq ?? own.after.version } : before
}
