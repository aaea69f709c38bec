/** Queues of the work lists (待办): what stands in each, and for whom a case waits. Pure. */
import { type Actor, sightOf } from '@pentad/platform/rights'
import type { Status } from './states.ts'
import { type Step, stepNames, stepOf } from './steps.ts'

export const statusesOfQueue = {
  draft: ['draft'],
  reported: ['reported'],
  verifying: ['verifying'],
  filing: ['pending_file', 'void_pending'],
  dispatch: ['pending_dispatch', 'rework', 'return_pending'],
  unit: ['pending_sign', 'disposing'],
  suspended: ['suspended'],
  feedback: ['feedback'],
  checking: ['checking'],
  closing: ['pending_close'],
} as const satisfies Record<string, readonly Status[]>
export type StageQueue = keyof typeof statusesOfQueue
export const stageQueues = Object.keys(statusesOfQueue) as readonly StageQueue[]

/** Cases that wait for steps which ask the same of them. */
export interface Awaited {
  statuses: ReadonlySet<Status>
  within: Step['within']
  areas: readonly string[]
  units: readonly string[]
  asked: NonNullable<Step['asked']> | null
  /** Only the checker who was drawn, if one was. */
  checks: boolean
}

/** What waits for an actor, as few parts as there are: a list weighs each of them against every open case. */
export function awaitedOf(actor: Actor): Awaited[] {
  const parts = new Map<string, Awaited & { statuses: Set<Status> }>()
  for (const name of stepNames) {
    const { from, may, within, awaited, asked = null } = stepOf(name)
    const { areas, units } = sightOf(actor, may)
    const held = within === 'unit' ? units.length > 0 : areas.length > 0 || within === 'own'
    if (!awaited || !held) continue
    const checks = may === 'cases.check'
    const key = JSON.stringify([within, within === 'unit' ? units : within === 'area' ? areas : '', asked, checks])
    const part = parts.get(key) ?? { statuses: new Set<Status>(), within, areas, units, asked, checks }
    for (const status of from) part.statuses.add(status)
    parts.set(key, part)
  }
  return [...parts.values()]
}
