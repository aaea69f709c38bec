import { join } from 'node:path'
import { sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import { filesOf, folderSource, type PackSource } from '@pentad/platform/pack'
import { testDatabase } from '@pentad/platform/testing'
import { describe, expect, test } from 'vitest'
import { insideCell, layTestCity, pointIn } from '../../cases/testing.ts'
import { ledgersPart, type PackLedger } from './pack.ts'

const { db, pool } = await testDatabase()
await layTestCity(db)
const here = pointIn(insideCell)

const sourceOf = (files: Record<string, string>): PackSource => {
  const bytes = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]))
  const of = (path: string) => bytes.get(path) ?? new Uint8Array()
  return {
    paths: [...bytes.keys()].sort(),
    sizeOf: (path) => of(path).length,
    bytes: async (path) => of(path),
    stream: async function* (path) {
      yield of(path)
    },
  }
}
interface Said {
  file: string
  line: number | null
  code: string
}
async function reading(source: PackSource): Promise<{ rows: PackLedger[]; faults: Said[] }> {
  const faults: Said[] = []
  const rows = await ledgersPart.read({
    source,
    fault: (file, line, code) => faults.push({ file, line, code }),
    of: () => undefined,
    settings: {},
    db: undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })
  return { rows, faults }
}
const lay = (rows: PackLedger[], now = new Date('2026-03-01T00:00:00Z')) =>
  bulkTransaction(pool, (bulk) =>
    ledgersPart.lay(
      { ...bulk, editionId: '', covers: [''], now, onProgress: () => undefined, signal: new AbortController().signal },
      rows,
    ),
  )

const yaml = `id: sites
title: { zh-CN: 工地, en: Sites }
major: { zh-CN: 试验, en: Tests }
subject: place
titleTemplate: '{name}'
fields:
  - { key: name, title: { zh-CN: 名称, en: Name }, type: text, required: true, dataClass: public }
  - { key: place, title: { zh-CN: 位置, en: Place }, type: point, dataClass: public }
  - { key: size, title: { zh-CN: 面积, en: Size }, type: number, from: 0 }
  - { key: next_to, title: { zh-CN: 相邻, en: Next to }, type: link, ledger: sites }
states:
  - { key: open, title: { zh-CN: 在建, en: Open }, tone: ok }
`
const csv = (rows: string[]) => `code,name,lon,lat,size,next_to\n${rows.join('\n')}\n`
const files = (rows: string[], schema = yaml) => ({ 'ledgers/sites.yaml': schema, 'ledgers/sites.csv': csv(rows) })

describe('reading', () => {
  test('a schema and its rows have no fault [ONE-07] [ONE-04]', async () => {
    const { rows, faults } = await reading(sourceOf(files([`A,甲,${here.lon},${here.lat},12,`, 'B,乙,,,,A'])))
    expect(faults).toEqual([])
    expect(rows[0]?.rows).toHaveLength(2)
  })
  test('every fault has its file and line, in schema and rows [ONE-07]', async () => {
    const schema = yaml
      .replace('type: link, ledger: sites', 'type: link, ledger: nowhere')
      .replace("'{name}'", "'{nobody}'")
    expect((await reading(sourceOf(files([], schema)))).faults).toEqual([
      { file: 'ledgers/sites.yaml', line: 5, code: 'pack/ledger-no-field' },
    ])
    expect((await reading(sourceOf(files([], yaml.replace('subject: place', 'subject: thing'))))).faults).toEqual([
      { file: 'ledgers/sites.yaml', line: 4, code: 'pack/ledger-form' },
    ])
    const bad = files(['A,甲,,,-1,', ',乙,,,,', 'C,丙,900,1,,', 'A,丁,,,,', 'E,,,,,', 'F,己,,,,Z'])
    expect((await reading(sourceOf(bad))).faults).toMatchObject([
      { line: 2, code: 'pack/ledger-value-range' },
      { line: 3, code: 'pack/missing' },
      { line: 4, code: 'pack/out-of-range' },
      { line: 4, code: 'pack/ledger-value-point' },
      { line: 5, code: 'pack/ledger-code-twice' },
      { line: 6, code: 'pack/ledger-value-missing' },
      { line: null, code: 'pack/ledger-value-no-link' },
    ])
    expect((await reading(sourceOf({ 'ledgers/lost.csv': csv([]) }))).faults).toMatchObject([
      { file: 'ledgers/lost.csv', code: 'pack/ledger-no-schema' },
    ])
  })
})

describe('laying', () => {
  const packed = async (rows: string[], schema?: string) => (await reading(sourceOf(files(rows, schema)))).rows
  test('makes the difference, and the same again changes nothing [ONE-07] [DUM-08]', async () => {
    const rows = await packed([`A,甲,${here.lon},${here.lat},12,`, 'B,乙,,,,A'])
    expect(await lay(rows)).toEqual({ added: 3, changed: 0, retired: 0, same: 0 })
    expect(await lay(rows)).toEqual({ added: 0, changed: 0, retired: 0, same: 3 })
    const { rows: kept } = await sql<{ linked: boolean; cell: string | null }>`
      select b.values->>'next_to' = a.id::text as linked, a.area_code as cell
      from inspection.entry a join inspection.entry b on b.code = 'B' where a.code = 'A'`.execute(db)
    expect(kept).toEqual([{ linked: true, cell: insideCell }])
  })
  test('never undoes what people wrote where the pack has not changed, and ends what is no longer in it [ONE-33]', async () => {
    await sql`update inspection.entry set values = values || '{"size": 99}' where code = 'A'`.execute(db)
    expect(await lay(await packed([`A,甲,${here.lon},${here.lat},12,`]))).toMatchObject({ same: 2, retired: 1 })
    const size = async () =>
      (await sql<{ size: number }>`select values->'size' as size from inspection.entry where code = 'A'`.execute(db))
        .rows[0]?.size
    expect(await size()).toBe(99)
    expect(await lay(await packed([`A,甲,${here.lon},${here.lat},13,`]))).toMatchObject({ changed: 1 })
    expect(await size()).toBe(13)
  })
  test('a changed schema is a new version; a ledger that left the pack goes out of use and stays [ONE-07]', async () => {
    const wider = yaml.replace('key: size', 'key: area_m2, was: size')
    expect(await lay(await packed([], wider))).toMatchObject({ changed: 1 })
    const { rows } = await sql<{ version: number }>`select version from inspection.ledger where id = 'sites'`.execute(
      db,
    )
    expect(rows[0]?.version).toBe(2)
    expect(await lay([])).toMatchObject({ retired: 1 })
    expect(
      (await sql`select from inspection.ledger where id = 'sites' and retired_at is not null`.execute(db)).rows,
    ).toHaveLength(1)
  })
})

test('the ledgers of the demo city have no fault: 20 schemas with some hundred rows [ONE-07] [FRM-15]', async () => {
  const source = await folderSource(join(import.meta.dirname, '../../../packs/beijing-demo'))
  expect(filesOf(source, ledgersPart)).toHaveLength(40)
  const { rows, faults } = await reading(source)
  expect(faults).toEqual([])
  expect(rows.flatMap((l) => l.rows)).toHaveLength(360)
})
