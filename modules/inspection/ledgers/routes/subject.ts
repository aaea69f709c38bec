/** How an entry lies in the city, and who may read and write its ledger. */
import type { Db } from '@pentad/platform/db'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import { type Actor, grantsFor, holds, rolesOf, type Scope } from '@pentad/platform/rights'
import type { SubjectKind } from '@pentad/platform/serve'
import { legalDayOf } from '@pentad/platform/time'
import { fieldOf, isMaskable, keysThrough, mayRead, mayWrite } from '../model/index.ts'
import type { Filter } from '../queries/index.ts'
import { type EntryRow, entryById, type LedgerRow, ledgerById, where } from '../queries/index.ts'

export const scopeOf = (e: EntryRow): Scope => ({
  areaCode: e.areaCode,
  units: e.keeperUnit ? [e.keeperUnit] : [],
  createdBy: e.createdBy,
})
/** Whoever puts an entry somewhere answers for that place; without a place, for the unit that keeps it. */
export const newScope = (e: Pick<EntryRow, 'areaCode' | 'keeperUnit'>): Scope =>
  e.areaCode?.length === 15
    ? { areaCode: e.areaCode }
    : { areaCode: e.areaCode, units: e.keeperUnit ? [e.keeperUnit] : [] }
export const entrySubject: SubjectKind<EntryRow> = { kind: 'ledger-entry', load: entryById, scope: scopeOf }

/** The ledger, for somebody whose post may read it; else it is not there. */
export async function readable(db: Db, id: string, actor: Actor, lock = false): Promise<LedgerRow> {
  const ledger = granted(await ledgerById(db, id, lock))
  return granted(mayRead(ledger.schema, rolesOf(actor)) ? ledger : undefined)
}

/** The ledger, for a write. */
export async function writable(db: Db, id: string, actor: Actor, lock = false): Promise<LedgerRow> {
  const ledger = await readable(db, id, actor, lock)
  if (ledger.retiredAt) throw new RefusalError(refuse('inspection/ledger-retired'))
  if (!mayWrite(ledger.schema, rolesOf(actor))) throw new RefusalError(refuse('inspection/not-your-ledger'))
  return ledger
}

/** The unit for which somebody writes an entry. */
export const unitFor = (actor: Actor, permission: string, e?: EntryRow): string | null =>
  (e ? grantsFor(actor, permission, scopeOf(e)) : actor.grants.filter((g) => g.may.includes(permission)))[0]?.unitId ??
  null

export interface AskedFilter extends Omit<Filter, 'field'> {
  field?: string | undefined
  is?: string | undefined
}
/** The filter as SQL; a masked field is neither asked for nor guessed at. */
export function filterOf(
  actor: Actor,
  ledger: LedgerRow,
  { field, is, ...asked }: AskedFilter,
  now: Date,
  permission = 'inspection.read',
) {
  const known = field ? fieldOf(ledger.schema, field) : undefined
  if (field && !known) throw new RefusalError(refuse('inspection/no-field', { field }))
  if (known && isMaskable(known.dataClass))
    throw new RefusalError(refuse('inspection/masked-field', { field: known.title['zh-CN'] }))
  const wanted = known && is !== undefined ? { keys: keysThrough(ledger.versions, known.key), is } : undefined
  return where(actor, ledger.id, { ...asked, field: wanted }, legalDayOf(now), permission)
}

export const mayTouch =
  (actor: Actor) =>
  (e: EntryRow): boolean =>
    holds(actor, 'inspection.keep') && grantsFor(actor, 'inspection.keep', scopeOf(e)).length > 0
