/** How an entry of the trail is shown. Pure. */
import { stepNames } from '@pentad/cases/model'
import { MINUTE } from '@pentad/platform/time'
import type { CaseWhole } from './asked.ts'

type Entry = CaseWhole['trail'][number]

/** The message that names an act: a step, or one of the things that happen by themselves. */
export const actWord = (act: string): string =>
  (stepNames as readonly string[]).includes(act) ? `step.${act}` : `act.${act}`

/** Sent back and refused are bad news, an urge is a warning, an end is an end. */
export function trailTone({ act, to }: Pick<Entry, 'act' | 'to'>): 'bad' | 'warn' | 'ok' | 'info' {
  if (act === 'urge') return 'warn'
  if (act === 'overdue' || act === 'alarm' || act === 'object' || to === 'rework') return 'bad'
  if (['send_back', 'return_to_file', 'send_again', 'decline', 'refuse'].includes(act)) return 'warn'
  return to === 'closed' ? 'ok' : 'info'
}

/** The phone had no network: a person's act reached us more than two minutes after it was done. */
export const cameLate = ({ actor, at, recorded }: Pick<Entry, 'actor' | 'at' | 'recorded'>): boolean =>
  actor !== null && Date.parse(recorded) - Date.parse(at) > 2 * MINUTE
