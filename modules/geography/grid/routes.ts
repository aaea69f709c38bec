import { addAudit } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { granted, isRefusal, refuse } from '@pentad/platform/refusal'
import { permits } from '@pentad/platform/rights'
import { serve } from '@pentad/platform/serve'
import { legalDayOf } from '@pentad/platform/time'
import { beginEdition, endEdition } from '../editions.ts'
import { locatorOf } from '../locator.ts'
import { cellsToEdit, edited } from './act.ts'
import { faultsOf } from './checked.ts'
import {
  assignDuty,
  cellsWithout,
  changeCell,
  checkedGrid,
  endDuty,
  gridAreas,
  gridCell,
  gridCells,
  listDutyGrids,
  mergeCells,
  reassignCells,
  splitCell,
  undoEdit,
} from './contract.ts'
import { cutOff, decideChange, decideMerge, decideReassign, decideSplit, decideUndo } from './edit.ts'
import {
  addDutyGrid,
  cellsWithoutGrid,
  type DutyGrid,
  dutyCodes,
  dutyGrids,
  endDutyGrid,
  knownUnits,
  peopleByLogin,
  schemeCounts,
  schemesParting,
  specialGridsOf,
} from './groups.ts'
import {
  type CellVersion,
  cellAt,
  cellsAt,
  codesEver,
  countsAt,
  currentAreas,
  currentCells,
  currentCellsOf,
  editionCells,
  editionsOf,
  versionsOf,
} from './queries.ts'

const mostCells = 6000
const mostFaults = 500
const mostWithout = 1000

const dutyOut = (d: DutyGrid) => ({
  id: d.id,
  code: d.code,
  name: { 'zh-CN': d.nameZh, en: d.nameEn || d.nameZh },
  unit: d.unitId,
  people: d.people,
  cells: d.cells,
  validFrom: d.validFrom,
  validTo: d.validTo,
})

export const gridRoutes = [
  serve(gridAreas, async ({ query }, { db, now }) => {
    const counts = await countsAt(db, query.at ? new Date(query.at) : now)
    const areas = await currentAreas(db)
    return {
      areas: areas.map((a) => ({ ...areaOut(a), ...sumUnder(a.code, a.level, counts) })),
      schemes: await schemeCounts(db),
    }
  }),

  serve(gridCells, async ({ query: { at, within = '', west, south, east, north } }, { db, now }) => {
    const box =
      west === undefined || south === undefined || east === undefined || north === undefined
        ? null
        : { west, south, east, north }
    const cells = await cellsAt(db, { within, box, at: at ? new Date(at) : now, most: mostCells + 1 })
    return {
      type: 'FeatureCollection' as const,
      more: cells.length > mostCells,
      features: cells.slice(0, mostCells).map(({ code, ring, grade }) => ({
        type: 'Feature' as const,
        properties: { code, community: code.slice(0, 12), grade },
        geometry: { type: 'Polygon' as const, coordinates: [ring.map((p) => [...p])] },
      })),
    }
  }),

  serve(gridCell, async ({ params: { code }, query }, { db, now }) => {
    const at = query.at ? new Date(query.at) : now
    const cell = granted(await cellAt(db, code, at))
    const versions = await versionsOf(db, code)
    const editions = new Map((await editionsOf(db, [...new Set(versions.map((v) => v.edition))])).map((e) => [e.id, e]))
    const { nameOf } = await locatorOf(db)
    const named = (of: string) => ({ code: of, name: nameOf(of) })
    const last = versions.at(-1)
    const current = last?.validTo === null
    return {
      ...wordsOf(cell),
      code,
      community: named(cell.communityCode),
      street: named(code.slice(0, 9)),
      lon: cell.lon,
      lat: cell.lat,
      areaM2: cell.areaM2,
      ring: cell.ring.map(([lon, lat]): [number, number] => [lon, lat]),
      current,
      undo:
        current && last && editions.get(last.edition)?.kind === 'edit' && (await mayUndo(db, last.edition))
          ? last.edition
          : null,
      versions: versions.map((v) => versionOut(v, editions.get(v.edition))),
      special: (await specialGridsOf(db, code, at)).map((g) => ({
        scheme: g.scheme,
        code: g.code,
        name: { 'zh-CN': g.nameZh, en: g.nameEn || g.nameZh },
      })),
      duty: (await dutyGrids(db, { day: null, cell: code, within: '' })).map(dutyOut),
    }
  }),

  serve(checkedGrid, async ({ query: { within = '' } }, { db }) => {
    const { cells, faults } = await faultsOf(db, within)
    return { cells, total: faults.length, faults: faults.slice(0, mostFaults) }
  }),

  serve(splitCell, async ({ body: { code, line, note } }, context) =>
    edited(context, 'split-cell', note, async () => {
      const cells = await cellsToEdit(context, [code])
      if (isRefusal(cells)) return cells
      const [cell] = cells
      return cell
        ? decideSplit(cell, line, await codesEver(context.db, cell.communityCode))
        : refuse('geography/no-cells')
    }),
  ),

  serve(mergeCells, async ({ body: { codes, note } }, context) =>
    edited(context, 'merge-cells', note, async () => {
      const cells = await cellsToEdit(context, codes)
      if (isRefusal(cells)) return cells
      const decided = decideMerge(cells, await codesEver(context.db, cells[0]?.communityCode ?? ''))
      const [scheme] = isRefusal(decided) ? [] : await schemesParting(context.db, codes)
      return scheme ? refuse('geography/merge-across-grids', { scheme }) : decided
    }),
  ),

  serve(reassignCells, async ({ body: { codes, communityCode, note } }, context) =>
    edited(context, 'reassign-cells', note, async () => {
      const { db, actor } = context
      const cells = await cellsToEdit(context, codes)
      if (isRefusal(cells)) return cells
      if (!(await currentAreas(db)).some((a) => a.code === communityCode))
        return refuse('geography/no-such-community', { community: communityCode })
      if (!permits(actor, 'geography.manage', { areaCode: communityCode }))
        return refuse('platform/not-allowed', { may: 'geography.manage' })
      const home = await currentCells(db, communityCode)
      return decideReassign(cells, { code: communityCode, cells: home, used: await codesEver(db, communityCode) })
    }),
  ),

  serve(changeCell, async ({ body: { code, attributes, note } }, context) =>
    edited(context, 'change-cell', note, async () => {
      const cells = await cellsToEdit(context, [code])
      if (isRefusal(cells)) return cells
      const [cell] = cells
      const said = Object.fromEntries(Object.entries(attributes).map(([k, v]) => [k, v?.trim() || null]))
      return cell ? decideChange(cell, said) : refuse('geography/no-cells')
    }),
  ),

  serve(undoEdit, async ({ body: { edition, note } }, context) =>
    edited(context, 'undo-grid-edit', note, async () => {
      const { db, actor } = context
      const [row] = await editionsOf(db, [edition])
      if (row?.kind !== 'edit') return refuse('geography/nothing-to-undo')
      const cells = await editionCells(db, edition)
      const all = [...cells.made, ...cells.ended]
      if (all.some((c) => !permits(actor, 'geography.manage', { areaCode: c.code })))
        return refuse('platform/not-allowed', { may: 'geography.manage' })
      return (await givenSince(db, cells)) ?? decideUndo(cells)
    }),
  ),

  serve(cellsWithout, async ({ query: { scheme, within = '' } }, { db }) => ({
    cells: await cellsWithoutGrid(db, scheme, within, mostWithout),
  })),

  serve(listDutyGrids, async ({ query }, { db }) => ({
    grids: (await dutyGrids(db, { day: query.day ?? null, cell: query.cell ?? null, within: query.within ?? '' })).map(
      dutyOut,
    ),
  })),

  serve(assignDuty, async ({ body }, context) => {
    const { db, actor, now, address } = context
    const cells = granted(await cellsToEdit(context, body.cells))
    const apart = cutOff(cells)
    if (apart) return refuse('geography/duty-not-adjacent', { cell: apart })
    if (body.validTo && body.validTo < body.validFrom) return refuse('geography/duty-day-order')
    if (!body.unitId && body.logins.length === 0) return refuse('geography/duty-needs-holder')
    const people = await peopleByLogin(db, body.logins)
    const stranger = body.logins.find((l) => !people.has(l))
    if (stranger) return refuse('geography/no-such-login', { login: stranger })
    if (body.unitId && !(await knownUnits(db, [body.unitId])).has(body.unitId))
      return refuse('geography/no-such-unit', { unit: body.unitId })
    const edition = await beginEdition(db, { kind: 'edit', byPerson: actor.id, note: body.note, now })
    const street = cells[0]?.code.slice(0, 9) ?? ''
    const code = body.code ?? nextDutyCode(street, await dutyCodes(db, street))
    const held = (await dutyGrids(db, { day: null, cell: null, within: code })).find(
      (g) =>
        (g.validTo === null || g.validTo >= body.validFrom) && (body.validTo === null || body.validTo >= g.validFrom),
    )
    if (held) granted(refuse('geography/duty-held', { code, from: held.validFrom }))
    const grid = {
      code,
      nameZh: body.name,
      nameEn: '',
      unitId: body.unitId,
      personIds: [...people.values()],
      cells: cells.map((c) => c.code),
      validFrom: body.validFrom,
      validTo: body.validTo,
    }
    const id = await addDutyGrid(db, grid, { edition, now })
    await endEdition(db, edition, { 'duty-grids': { added: 1, changed: 0, retired: 0, same: 0 } })
    await addAudit(db, {
      actorId: actor.id,
      act: 'assign-duty-grid',
      about: code,
      result: 'done',
      address,
      detail: { id, edition },
    })
    return { id, code }
  }),

  serve(endDuty, async ({ body: { id, lastDay, note } }, { db, actor, now, address }) => {
    const grid = (await dutyGrids(db, { day: null, cell: null, within: '' })).find((g) => g.id === id)
    if (!grid || !permits(actor, 'geography.manage', { areaCode: grid.code.slice(0, 9) }))
      return refuse('platform/not-found')
    if (lastDay < grid.validFrom) return refuse('geography/duty-day-order')
    const edition = await beginEdition(db, { kind: 'edit', byPerson: actor.id, note, now })
    const ended = await endDutyGrid(db, id, lastDay)
    if (!ended) granted(refuse('geography/nothing-changed'))
    await endEdition(db, edition, { 'duty-grids': { added: 0, changed: 0, retired: 1, same: 0 } })
    await addAudit(db, {
      actorId: actor.id,
      act: 'end-duty-grid',
      about: grid.code,
      result: 'done',
      address,
      detail: { id, lastDay, day: legalDayOf(now) },
    })
    return { id }
  }),
]

const areaOut = ({ code, level, name, parentCode }: Awaited<ReturnType<typeof currentAreas>>[number]) => ({
  code,
  level,
  name,
  parentCode,
})

type Counts = Awaited<ReturnType<typeof countsAt>>
/** What lies under an area: codes nest, but for the city's, which stands for all. */
function sumUnder(code: string, level: string, counts: Counts) {
  const under = level === 'city' ? counts : counts.filter((c) => c.code.startsWith(code))
  const [first] = under
  return {
    cells: under.reduce((n, c) => n + c.cells, 0),
    areaM2: Math.round(under.reduce((n, c) => n + c.areaM2, 0)),
    bounds: first
      ? under.reduce<[number, number, number, number]>(
          ([w, s, e, n], c) => [Math.min(w, c.west), Math.min(s, c.south), Math.max(e, c.east), Math.max(n, c.north)],
          [first.west, first.south, first.east, first.north],
        )
      : null,
  }
}

const wordsOf = ({ landUse, grade, responsible, note }: CellVersion) => ({ landUse, grade, responsible, note })

const versionOut = (v: CellVersion, edition: Awaited<ReturnType<typeof editionsOf>>[number] | undefined) => ({
  ...wordsOf(v),
  from: v.validFrom?.toISOString() ?? null,
  to: v.validTo?.toISOString() ?? null,
  areaM2: v.areaM2,
  communityCode: v.communityCode,
  ending: v.ending,
  replacedBy: v.replacedBy,
  edition: {
    id: v.edition,
    at: (edition?.at ?? new Date(0)).toISOString(),
    kind: edition?.kind ?? ('edit' as const),
    note: edition?.note ?? '',
    by: edition?.by ?? null,
  },
})

/** A code that the edit ended may be in force again by other means. */
async function givenSince(db: Db, { made, ended }: Awaited<ReturnType<typeof editionCells>>) {
  const own = new Set(made.map((c) => c.code))
  const [again] = await currentCellsOf(
    db,
    ended.flatMap((c) => (own.has(c.code) ? [] : c.code)),
  )
  return again ? refuse('geography/touched-since', { cell: again.code }) : undefined
}
const mayUndo = async (db: Db, edition: string): Promise<boolean> => {
  const cells = await editionCells(db, edition)
  return !(await givenSince(db, cells)) && !isRefusal(decideUndo(cells))
}

const nextDutyCode = (street: string, codes: readonly string[]): string =>
  `${street}G${String(Math.max(0, ...codes.map((c) => Number(c.slice(10)))) + 1).padStart(3, '0')}`
