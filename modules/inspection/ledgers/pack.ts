/** The part `ledgers` of a city pack: schemas as YAML, rows as CSV; each fault with its file and line. */
import { digest } from '@pentad/platform/crypto'
import { newId } from '@pentad/platform/id'
import {
  type Changes,
  noChanges,
  type PackReading,
  part,
  type Row,
  rowsIn,
  type TableSpec,
} from '@pentad/platform/pack'
import { textOf } from '@pentad/platform/pack/text'
import { isRefusal } from '@pentad/platform/refusal'
import { LineCounter, parseDocument } from 'yaml'
import { LedgerSchemaIn } from './contract.ts'
import { keeping, opened, save, type Written, written } from './keep.ts'
import {
  cellRead,
  type Field,
  faultsIn,
  type LedgerSchema,
  pointField,
  schemaFaults,
  stateOf,
  tidy,
  type Values,
} from './model/index.ts'
import { allLedgers, type EntryRow, entriesOfPack, ledgerById, putVersion, setRetired } from './queries/index.ts'

export interface PackRow {
  code: string
  state: string | undefined
  keeper: string | null | undefined
  values: Values
}
export interface PackLedger {
  schema: LedgerSchema
  rows: PackRow[]
}

const nameIn = (path: string): string => path.replace(/^.*\//, '').replace(/\.[^.]+$/, '')

export const ledgersPart = part<PackLedger[]>({
  name: 'ledgers',
  wholeCity: true,
  files: ['ledgers/*.yaml', 'ledgers/*.csv'],

  async read(reading) {
    const paths = reading.source.paths.filter((p) => /^ledgers\/[^/]+\.(?:yaml|csv)$/.test(p))
    const ledgers = new Map<string, PackLedger>()
    for (const file of paths.filter((p) => p.endsWith('.yaml'))) {
      const schema = await readSchema(reading, file)
      if (schema) ledgers.set(schema.id, { schema, rows: [] })
    }
    for (const { schema } of ledgers.values())
      for (const f of schema.fields)
        if (f.type === 'link' && f.ledger && !ledgers.has(f.ledger))
          reading.fault(`ledgers/${schema.id}.yaml`, null, 'pack/ledger-no-ledger', { key: f.key, ledger: f.ledger })
    for (const file of paths.filter((p) => p.endsWith('.csv'))) {
      const ledger = ledgers.get(nameIn(file))
      // Without a schema whose faults are said already, the rows cannot be read.
      if (ledger) ledger.rows = await readRows(reading, file, ledger.schema)
      else if (!paths.includes(file.replace(/csv$/, 'yaml'))) reading.fault(file, null, 'pack/ledger-no-schema')
    }
    linksLead(reading, ledgers)
    return [...ledgers.values()]
  },

  async lay({ db, now, onProgress, signal }, packed) {
    const changes = noChanges()
    const by = { id: null, unit: null }
    const ids = packed.map((p) => p.schema.id)
    for (const old of await allLedgers(db)) {
      if (ids.includes(old.id) || old.origin !== 'pack' || old.retiredAt) continue
      await setRetired(db, old.id, now)
      changes.retired++
    }
    for (const { schema } of packed) await laySchema(schema, { db, now, changes })
    const known = new Map((await entriesOfPack(db, ids)).map((e) => [`${e.ledgerId}/${e.code}`, e]))
    // Rows may link to one another in any order, so all have their ids first.
    const rowIds = new Map(
      packed.flatMap(({ schema, rows }) =>
        rows.map((r) => {
          const key = `${schema.id}/${r.code}`
          return [key, known.get(key)?.id ?? newId()] as const
        }),
      ),
    )
    let done = 0
    for (const { schema, rows } of packed) {
      signal.throwIfAborted()
      const ledger = await ledgerById(db, schema.id, true)
      if (!ledger) throw new Error(`the ledger ${schema.id} that was laid is not there`)
      const k = await keeping(db, ledger, by, now, true)
      const writes: Written[] = []
      for (const row of rows) {
        const before = known.get(`${schema.id}/${row.code}`)
        known.delete(`${schema.id}/${row.code}`)
        const packDigest = digest(JSON.stringify([row.values, row.state, row.keeper]))
        if (before?.packDigest === packDigest && !before.retiredAt) {
          changes.same++
          continue
        }
        const w = written(k, {
          before,
          id: rowIds.get(`${schema.id}/${row.code}`),
          values: tidy(ledger.schema, linkedValues(schema, row.values, rowIds)),
          state: row.state ?? (before ? opened(ledger, before).state : undefined),
          keeper: row.keeper,
          code: row.code,
          packDigest,
          act: 'pack',
          retired: false,
        })
        // The ledger at the desk asks for more than the pack has: its row stays as it is.
        if (isRefusal(w)) changes.same++
        else {
          writes.push(w)
          if (before) changes.changed++
          else changes.added++
        }
      }
      await save(k, writes)
      onProgress(++done, packed.length)
    }
    changes.retired += await retireRest([...known.values()], { db, now })
    return changes
  },
})

async function readSchema(reading: PackReading, file: string): Promise<LedgerSchema | undefined> {
  const text = await textOf(reading, file)
  if (text === undefined) return undefined
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines })
  const lineAt = (offset: number): number => lines.linePos(offset).line
  for (const e of doc.errors)
    reading.fault(file, lineAt(e.pos[0]), 'pack/ledger-yaml', { says: e.message.split('\n')[0] ?? '' })
  if (doc.errors.length > 0) return undefined
  /** The line of the nearest part of the path that stands in the file. */
  const lineOf = (path: readonly (string | number)[]): number => {
    for (let n = path.length; n >= 0; n--) {
      const node = doc.getIn(path.slice(0, n), true) as { range?: [number, number, number] | null } | undefined
      if (node?.range) return lineAt(node.range[0])
    }
    return 1
  }
  const parsed = LedgerSchemaIn.safeParse(doc.toJS())
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      reading.fault(file, lineOf(issue.path.filter((p) => typeof p !== 'symbol')), 'pack/ledger-form', {
        path: issue.path.join('.'),
        says: issue.message,
      })
    return undefined
  }
  const schema: LedgerSchema = parsed.data
  const faults = schemaFaults(schema)
  for (const { path, code, details } of faults)
    reading.fault(file, lineOf(path.split('.').map((p) => (/^\d+$/.test(p) ? Number(p) : p))), code, details)
  if (schema.id !== nameIn(file)) reading.fault(file, lineOf(['id']), 'pack/ledger-file-name', { id: schema.id })
  return faults.length > 0 || schema.id !== nameIn(file) ? undefined : schema
}

async function readRows(reading: PackReading, file: string, schema: LedgerSchema): Promise<PackRow[]> {
  const point = pointField(schema)
  const columns = [
    'state',
    'keeper',
    ...(point ? ['lon', 'lat'] : []),
    ...schema.fields.filter((f) => f !== point && f.type !== 'photo').map((f) => f.key),
  ]
  const spec: TableSpec = { code: {}, ...Object.fromEntries(columns.map((c) => [c, { optional: true }])) }
  const rows: PackRow[] = []
  const codes = new Set<string>()
  for await (const row of rowsIn(reading, file, spec)) {
    const code = row.matching('code', /^[\w.-]{1,40}$/, 'pack/ledger-code')
    if (codes.has(code)) row.fault('pack/ledger-code-twice', { code })
    codes.add(code)
    const state = row.optional('state') ?? undefined
    if (state && !stateOf(schema, state)) row.fault('pack/ledger-value-state', { field: 'state', value: state })
    const values = { ...valuesIn(row, schema.fields), ...placeIn(row, point) }
    const links = new Set(schema.fields.filter((f) => f.type === 'link').map((f) => f.key))
    for (const f of faultsIn(schema, values)) if (!(links.has(f.field) && values[f.field])) row.fault(f.code, f.details)
    if (row.good())
      rows.push({ code, state, keeper: row.optional('keeper') ?? undefined, values: tidy(schema, values) })
  }
  return rows
}

function valuesIn(row: Row, fields: readonly Field[]): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const f of fields) {
    const cell = f.type === 'photo' ? null : row.optional(f.key)
    if (cell === null) continue
    const read = cellRead(f, cell)
    if ('fault' in read) row.fault(read.fault, { field: f.title['zh-CN'], value: cell.slice(0, 60) })
    else values[f.key] = read.value
  }
  return values
}

function placeIn(row: Row, point: Field | undefined): Values {
  if (!point || (row.optional('lon') === null && row.optional('lat') === null)) return {}
  return {
    [point.key]: { lon: row.number('lon', { from: -180, to: 180 }), lat: row.number('lat', { from: -90, to: 90 }) },
  }
}

/** A link in a pack is the code of a row in another of its tables. */
function linksLead(reading: PackReading, ledgers: ReadonlyMap<string, PackLedger>): void {
  for (const { schema, rows } of ledgers.values())
    for (const f of schema.fields.filter((x) => x.type === 'link')) {
      const codes = new Set(ledgers.get(f.ledger ?? '')?.rows.map((r) => r.code))
      for (const r of rows)
        if (typeof r.values[f.key] === 'string' && !codes.has(r.values[f.key] as string))
          reading.fault(`ledgers/${schema.id}.csv`, null, 'pack/ledger-value-no-link', {
            field: f.title['zh-CN'],
            value: r.values[f.key] as string,
          })
    }
}

interface Laying {
  db: Parameters<typeof ledgerById>[0]
  now: Date
  changes: Changes
}
async function laySchema(schema: LedgerSchema, { db, now, changes }: Laying): Promise<void> {
  const current = await ledgerById(db, schema.id, true)
  const packDigest = digest(JSON.stringify(schema))
  // What the pack has not changed since it was laid stays as the desk has made it.
  if (current?.packDigest === packDigest && !current.retiredAt) {
    changes.same++
    return
  }
  const version = (current?.version ?? 0) + 1
  await putVersion(db, { schema, version, origin: 'pack', packDigest, at: now, by: null })
  if (current) changes.changed++
  else changes.added++
}

/** Links as the pack writes them, by code, become the ids of those rows. */
const linkedValues = ({ fields }: LedgerSchema, values: Values, ids: ReadonlyMap<string, string>): Values => ({
  ...values,
  ...Object.fromEntries(
    fields.flatMap((f) => {
      const id = f.type === 'link' ? ids.get(`${f.ledger}/${values[f.key]}`) : undefined
      return id ? [[f.key, id]] : []
    }),
  ),
})

async function retireRest(rest: readonly EntryRow[], { db, now }: Omit<Laying, 'changes'>): Promise<number> {
  const gone = rest.filter((e) => !e.retiredAt)
  for (const ledgerId of new Set(gone.map((e) => e.ledgerId))) {
    const ledger = await ledgerById(db, ledgerId, true)
    if (!ledger) continue
    const k = await keeping(db, ledger, { id: null, unit: null }, now, true)
    const writes = gone
      .filter((e) => e.ledgerId === ledgerId)
      .map((before) =>
        written(k, { before, values: opened(ledger, before).values, act: 'pack', packDigest: null, retired: true }),
      )
    await save(
      k,
      writes.flatMap((w) => (isRefusal(w) ? [] : [w])),
    )
  }
  return gone.length
}
