/** One edit from request to news: rights of the place, an edition, the versions, the groups, the audit, the news. */
import { addAudit } from '@pentad/identity'
import { granted, type Refusal, refuse } from '@pentad/platform/refusal'
import { permits } from '@pentad/platform/rights'
import type { Context } from '@pentad/platform/serve'
import { beginEdition, endEdition } from '../editions.ts'
import { announceCells } from './pack-cells.ts'
import { type CellVersion, currentCellsOf, type GridEdit, layCells, moveGroups } from './queries.ts'

export type EditAct = 'split-cell' | 'merge-cells' | 'reassign-cells' | 'change-cell' | 'undo-grid-edit'
type Who = Pick<Context, 'db' | 'actor' | 'now' | 'address'>

/** The cells in force under these codes, in their order; a refusal where one is not, or lies outside the actor's area. */
export async function cellsToEdit({ db, actor }: Who, codes: readonly string[]): Promise<CellVersion[] | Refusal> {
  const held = new Map((await currentCellsOf(db, codes)).map((c) => [c.code, c]))
  const missing = codes.find((c) => !held.has(c))
  if (missing) return refuse('geography/no-such-cell', { cell: missing })
  if (codes.some((areaCode) => !permits(actor, 'geography.manage', { areaCode })))
    return refuse('platform/not-allowed', { may: 'geography.manage' })
  return [...new Set(codes)].flatMap((c) => held.get(c) ?? [])
}

/** Edits follow one another: the city is locked before the cells are read, so that two never start from the same grid. */
export async function edited(
  { db, actor, now, address }: Who,
  act: EditAct,
  note: string,
  decide: () => Promise<GridEdit | Refusal>,
): Promise<{ edition: string; made: string[]; ended: string[] }> {
  const edition = await beginEdition(db, { kind: 'edit', byPerson: actor.id, note, now })
  // A refusal is thrown, not returned: an edition that made nothing must not stay.
  const edit = granted(await decide())
  await layCells(db, edit, { edition, now })
  const moves = edit.ended
    .map((e) => ({ from: e.code, to: e.replacedBy.filter((c) => c !== e.code) }))
    .filter((m) => m.to.length > 0)
  await moveGroups(db, moves, { edition, now })
  const made = edit.made.map((c) => c.code)
  const ended = edit.ended.map((c) => c.code)
  const kept = made.filter((c) => ended.includes(c)).length
  await endEdition(db, edition, {
    cells: { added: made.length - kept, changed: kept, retired: ended.length - kept, same: 0 },
  })
  await addAudit(db, {
    actorId: actor.id,
    act,
    about: ended[0] ?? edition,
    result: 'done',
    address,
    detail: { edition, made, ended, note },
  })
  await announceCells(db, { edition, act, edit })
  return { edition, made, ended }
}
