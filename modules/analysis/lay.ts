/** Lays things into the index: only what is new or says something else is written. */
import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { type Doc, docOf, type Kind } from './model/index.ts'
import { soundOf } from './sound.ts'
import type { ToldRow } from './sources/index.ts'

/** With another number all kinds are laid anew: the keys of old docs would not be found by new questions. */
export const made = 2

const columns = {
  timed: 'boolean',
  kind: 'text',
  id: 'text',
  area_code: 'text',
  unit_ids: 'text[]',
  created_by: 'text',
  at: 'timestamptz',
  number: 'text',
  number_word: 'text',
  title_zh: 'text',
  title_en: 'text',
  note_zh: 'text',
  note_en: 'text',
  also: 'text',
  sound: 'text',
  means: 'text',
  lon: 'float8',
  lat: 'float8',
  rank: 'float4',
  keys: 'int[]',
} as const
export type DocColumn = keyof typeof columns
export const docColumns = Object.keys(columns) as DocColumn[]

export const docRow = (d: Doc): Record<DocColumn, unknown> => ({
  timed: d.timed,
  kind: d.kind,
  id: d.id,
  area_code: d.areaCode,
  unit_ids: d.unitIds,
  created_by: d.createdBy,
  at: d.at,
  number: d.number,
  number_word: d.numberWord,
  title_zh: d.titleZh,
  title_en: d.titleEn,
  note_zh: d.noteZh,
  note_en: d.noteEn,
  also: d.also,
  sound: d.sound,
  means: d.means,
  lon: d.lon,
  lat: d.lat,
  rank: d.rank,
  keys: d.keys,
})

const list = (names: readonly string[], before = ''): RawSql => sql.raw(names.map((n) => `${before}${n}`).join(', '))
const said = docColumns.filter((c) => !['timed', 'kind', 'id'].includes(c))
const typed = sql.raw(
  Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(', '),
)

/** Writes the docs and returns how many were new or changed. */
export async function putDocs(db: Db, docs: readonly Doc[]): Promise<number> {
  if (docs.length === 0) return 0
  const { numAffectedRows } = await sql`insert into analysis.doc (${list(docColumns)})
    select ${list(docColumns)} from jsonb_to_recordset(${JSON.stringify(docs.map(docRow))}::jsonb) as r (${typed})
    on conflict (timed, kind, id) do update set (${list(said)}) = row(${list(said, 'excluded.')})
    where row(${list(said, 'doc.')}) is distinct from row(${list(said, 'excluded.')})`.execute(db)
  if (numAffectedRows) await sql`select analysis.settle()`.execute(db)
  return Number(numAffectedRows ?? 0n)
}

/** Puts what a source told into the index, and takes out what is gone. Returns how many docs were written. */
export async function lay(db: Db, kind: Kind, rows: readonly ToldRow[]): Promise<number> {
  const gone = rows.filter((r) => r.gone).map((r) => r.id)
  if (gone.length > 0)
    await sql`delete from analysis.doc where kind = ${kind} and id = any(${gone}::text[])`.execute(db)
  return putDocs(
    db,
    rows.filter((r) => !r.gone).map((r) => docOf(kind, r, soundOf)),
  )
}
