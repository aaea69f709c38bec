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
    case 'feedback':
    case 'pending_close':
      return 'warn'
    case 'pending_sign':
    case 'disposing':
    case 'checking':
      return 'info'
    case 'rework':
      return 'bad'
    case 'closed':
      return 'ok'
    case 'rejected':
      return 'idle'
  }
}

/** Lights as an address may ask for them. */
export const lightFilters = ['all', 'yellow', 'red'] as const
export type LightFilter = (typeof lightFilters)[number]

/** `yellow` asks for what is due soon, `red` for what is late: in its step or in its disposal. */
export function passes<C extends Timed & { overdue: boolean }>(filter: LightFilter, c: C, now: Date): boolean {
  if (filter === 'all') return true
  const light = lightOf(c, now)
  return filter === 'red' ? light === 'red' || c.overdue : light === 'yellow'
}
