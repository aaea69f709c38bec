/** The light of a case: the limit that runs now, by the clock on this screen. Pure. */

import type { Status } from '@pentad/cases/model'
import { lightAt } from '@pentad/rulebook/model'
import type { Light } from '@pentad/web/map/layers.ts'

interface Timed {
  clock: { urgeAt: string; due: string } | null
}

export const lightOf = ({ clock }: Timed, now: Date): Light =>
  clock ? lightAt(new Date(clock.urgeAt), new Date(clock.due), now) : 'rest'

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'idle'

/** With whom a case lies, as tone and shape: with the centre, with a unit, sent back, or at its end. */
export function toneOf(status: Status): Tone {
  switch (status) {
    case 'reported':
    case 'pending_file':
    case 'pending_dispatch':
    case 'return_pending':
    case 'void_pending':
    case 'feedback':
    case 'pending_close':
      return 'warn'
    case 'pending_sign':
    case 'disposing':
    case 'draft':
    case 'verifying':
    case 'suspended':
    case 'checking':
      return 'info'
    case 'rework':
      return 'bad'
    case 'closed':
      return 'ok'
    case 'rejected':
    case 'merged':
    case 'voided':
    case 'transferred':
      return 'idle'
  }
}

/** Disposals as an address may ask for them, and as the figures of the top bar count them. */
export const lightFilters = ['all', 'yellow', 'red'] as const
export type LightFilter = (typeof lightFilters)[number]

interface Disposed extends Timed {
  status: Status
  overdue: boolean
}
/** The disposal clock runs while a case lies with a unit (domain §3.6: it stands from the report of the work on). */
const disposalRuns = (status: Status): boolean => status === 'pending_sign' || status === 'disposing'

/** `yellow` asks for disposals that are due soon, `red` for those that are late and still run. */
export function passes(filter: LightFilter, c: Disposed, now: Date): boolean {
  if (filter === 'all') return true
  if (!disposalRuns(c.status)) return false
  return filter === 'red' ? c.overdue : !c.overdue && lightOf(c, now) === 'yellow'
}

/** The word of a doubt about the evidence; one that this page does not know yet is called a doubt. */
const knownDoubts: readonly string[] = ['far', 'no-place', 'before-work', 'seen-before']
export const doubtWord = (doubt: string): string => `console.doubt.${knownDoubts.includes(doubt) ? doubt : 'other'}`
