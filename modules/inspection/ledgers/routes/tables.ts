import { addAudit } from '@pentad/identity'
import type { Db, RawSql } from '@pentad/platform/db'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import { permits } from '@pentad/platform/rights'
import { raw, serve } from '@pentad/platform/serve'
import { legalDayOf } from '@pentad/platform/time'
import { exportEntries, exportUnmasked, guessSchema, importEntries } from '../contract.ts'
import { importTable, mostRows, tableIn } from '../import.ts'
import { keeping, opened } from '../keep.ts'
import { columnsOf, fieldsFrom, maskedValues, type RowOut, tableOut } from '../model/index.ts'
import { entriesWhere, type LedgerRow } from '../queries/index.ts'
import { filterOf, mayTouch, newScope, readable, unitFor, writable } from './subject.ts'

const mostFaultsSaid = 500

async function rowsOf(db: Db, ledger: LedgerRow, filter: RawSql, shown: boolean): Promise<RowOut[]> {
  const entries = await entriesWhere(db, filter, { sort: 'no', most: mostRows })
  return entries.map((e) => {
    const now = opened(ledger, e)
    return {
      no: e.no,
      title: e.title,
      state: now.state,
      values: shown ? now.values : maskedValues(ledger.schema, now.values).values,
    }
  })
}

export const tableRoutes = [
  serve(importEntries, async ({ params, query, file }, { db, actor, now }) => {
    const ledger = await writable(db, params.ledger, actor, true)
    const table = granted(tableIn(file))
    const columns = columnsOf(ledger.schema, table.heads)
    if (columns.every((c) => c === null)) throw new RefusalError(refuse('inspection/no-columns'))
    const unit = unitFor(actor, 'inspection.keep')
    const k = await keeping(db, ledger, { id: actor.id, unit }, now)
    const owned = k.ledger.schema.keeper ?? (unit && k.areas.has(unit) ? unit : null)
    const mine = { ...k, ledger: { ...ledger, schema: { ...ledger.schema, keeper: owned } } }
    const done = await importTable(mine, table, query.mode, mayTouch(actor), (e) =>
      permits(actor, 'inspection.keep', newScope(e)),
    )
    return {
      ...done,
      encoding: table.encoding,
      columns: table.heads.map((head, i) => {
        const column = columns[i]
        return { head, field: !column ? null : 'field' in column ? column.field : column.row }
      }),
      rows: table.rows.length + table.broken.length,
      faults: done.faults.slice(0, mostFaultsSaid),
    }
  }),

  serve(guessSchema, async ({ file }) => {
    const table = granted(tableIn(file))
    const sample = table.rows.slice(0, 2000).map((r) => r.cells)
    return {
      fields: fieldsFrom(table.heads, sample).map((f) => ({ ...f, choices: f.choices?.map((c) => ({ ...c })) })),
      rows: table.rows.length,
    }
  }),

  serve(exportEntries, async ({ params, query }, { db, actor, now, language }) => {
    const ledger = await readable(db, params.ledger, actor)
    const rows = await rowsOf(db, ledger, filterOf(actor, ledger, query, now), false)
    const name = `${ledger.id}-${legalDayOf(now)}.csv`
    return raw({
      raw: tableOut(ledger.schema, rows, language),
      type: 'text/csv; charset=utf-8',
      headers: { 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'no-store' },
    })
  }),

  serve(exportUnmasked, async ({ params, query, body }, { db, actor, now, language, address }) => {
    const ledger = await readable(db, params.ledger, actor)
    const rows = await rowsOf(db, ledger, filterOf(actor, ledger, query, now, 'inspection.unmask'), true)
    await addAudit(db, {
      actorId: actor.id,
      act: 'export-unmasked',
      about: ledger.id,
      result: 'done',
      address,
      detail: { purpose: body.purpose, entries: rows.length },
    })
    return { csv: tableOut(ledger.schema, rows, language), entries: rows.length }
  }),
]
