/** Lives a case again from its trail (history is law): what its file says must follow from what was recorded, or it was changed beside it. */
import type { LimitUnit, WorkCalendar } from '@pentad/rulebook/model'
import {
  applied,
  type CaseState,
  type Command,
  type Flow,
  isOpen,
  newborn,
  reclocked,
  type StepName,
  stepNames,
} from './model/index.ts'
import type { CaseRow } from './queries/index.ts'
import type { TrailRow } from './trail.ts'

/** What the trail only names. */
export interface LivedWorld {
  limitOf: (standardId: string) => { value: number; unit: LimitUnit } | undefined
  calendarOf: (version: string | null) => WorkCalendar | undefined
  flowOf: (version: number) => Flow
}

const isStep = (act: string): act is StepName => (stepNames as readonly string[]).includes(act)

/** The case as its trail tells it. `file` gives only what no entry changes: the id, who wrote it, the class it was born with, the calendar. */
export function lived(
  file: Pick<CaseRow, 'id' | 'createdBy' | 'kind' | 'classCode' | 'calendarVersion' | 'flowVersion'>,
  trail: readonly TrailRow[],
  world: LivedWorld,
): CaseState {
  let c: CaseState = newborn({ id: file.id, kind: file.kind, classCode: file.classCode, createdBy: file.createdBy })
  const calendar = world.calendarOf(file.calendarVersion)
  for (const e of trail) {
    const before = c
    const detail = e.detail ?? {}
    c = { ...c, status: e.to }
    const flow = world.flowOf(typeof detail.flow === 'number' ? detail.flow : file.flowVersion)
    if (isStep(e.act)) {
      const changes = applied(before, commandOf(e.act, e, detail), e.actorId, e.recorded, flow, {
        doubts: (detail.doubts as string[] | undefined) ?? (e.act === 'report_done' ? [] : before.doubts),
        masterId: detail.intoId as string | undefined,
      })
      c = { ...c, ...changes, status: e.to }
    }
    if (e.standardId && e.standardId !== before.standardId) {
      const limit = world.limitOf(e.standardId)
      c = { ...c, standardId: e.standardId, limitValue: limit?.value ?? null, limitUnit: limit?.unit ?? null }
    }
    // A case that takes up another begins with what it was told of its clock.
    if (detail.carried) c = { ...c, ...carriedOf(detail.carried as Record<string, unknown>) }
    if (isOpen(before.status) && !isOpen(c.status) && c.clockStart && !c.clockStopped)
      c = { ...c, clockStopped: e.recorded, pausedAt: null }
    if (calendar) c = reclocked(before, c, calendar, flow.urgeShare, e.recorded)
  }
  return c
}

const commandOf = (step: StepName, e: TrailRow, detail: Record<string, unknown>): Command => ({
  step,
  at: e.at,
  reason: e.reason ?? undefined,
  reasonCode: detail.reasonCode as string | undefined,
  standardId: e.standardId ?? undefined,
  unitId: e.unitId ?? (detail.unitId as string | undefined),
  coUnitIds: detail.coUnitIds as string[] | undefined,
  photoIds: e.photoIds,
  personId: detail.personId as string | undefined,
  value: detail.value as number | undefined,
  until: typeof detail.until === 'string' ? new Date(detail.until) : undefined,
  intoId: detail.intoId as string | undefined,
  target: detail.target as string | undefined,
  closeKind: detail.closeKind as Command['closeKind'],
})

/** Instants are words in a detail. */
function carriedOf(carried: Record<string, unknown>): Partial<CaseState> {
  const instants = ['clockStart', 'clockStopped', 'due', 'urgeAt', 'pausedAt']
  return Object.fromEntries(
    Object.entries(carried).map(([k, v]) => [k, instants.includes(k) && typeof v === 'string' ? new Date(v) : v]),
  )
}

/** What is compared: all that steps decide. */
const told = [
  'status',
  'standardId',
  'leadUnitId',
  'workedBy',
  'checkedBy',
  'assigneeId',
  'checkerId',
  'verified',
  'reworkCount',
  'unitReturns',
  'returns',
  'extensions',
  'extendedValue',
  'difficult',
  'mergedInto',
  'closeKind',
  'transferredTo',
  'clockStart',
  'clockStopped',
  'due',
  'suspendedUntil',
] as const satisfies readonly (keyof CaseState)[]

/** The fields of a file that do not follow from its trail. */
export function unlikeTrail(file: CaseRow, trail: readonly TrailRow[], world: LivedWorld): string[] {
  const life = lived(file, trail, world)
  // Of a past that was brought in, the names of those who had no account were not.
  const said = (x: unknown) => (x instanceof Date ? x.getTime() : x === 'public' ? null : (x ?? null))
  const wrong = told.filter((f) => said(life[f]) !== said(file[f])) as string[]
  if (life.coUnitIds.join() !== file.coUnitIds.join()) wrong.push('coUnitIds')
  if (Math.abs(life.pausedSeconds - file.pausedSeconds) > 1) wrong.push('pausedSeconds')
  return wrong
}
