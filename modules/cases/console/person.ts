/** Whether the person whom a step names can do what they are named for. */
import type { Db } from '@pentad/platform/db'
import { type Refusal, refuse } from '@pentad/platform/refusal'
import type { Flow, StepName } from '../model/index.ts'
import type { CaseRow } from '../queries/index.ts'
import { type PersonFor, peopleOf, stepFor } from './queries.ts'

const namedBy: Partial<Record<StepName, PersonFor>> = { assign: 'assign', send_verify: 'verify', send_check: 'check' }

export async function unfitPerson(
  db: Db,
  c: CaseRow,
  { step, personId, at }: { step: StepName; personId?: string | undefined; at: Date },
  flow: Flow,
): Promise<Refusal | null> {
  const what = namedBy[step]
  if (!what || !personId) return null
  const [fit] = await peopleOf(db, c, what, flow.roles[stepFor(what)], at, personId)
  return fit ? null : refuse('cases/person-unfit', { step })
}
