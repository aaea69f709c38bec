/** Special grids and duty grids: sets of cells, in time. */
import { type Db, sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import { newId } from '@pentad/platform/id'
import type { LegalDay } from '@pentad/platform/time'

export interface SpecialGrid {
  scheme: string
  code: string
  nameZh: string
  nameEn: string
  cells: string[]
}
/** In force now, each with its cells in order. */
export const currentSpecialGrids = async (db: Db): Promise<SpecialGrid[]> =>
  (
    await sql<SpecialGrid>`select g.scheme, g.code, g.name_zh as "nameZh", g.name_en as "nameEn",
        coalesce(array_agg(c.cell_code order by c.cell_code) filter (where c.cell_code is not null), '{}') as cells
      from geography.special_grid g
      left join geography.special_grid_cell c on c.scheme = g.scheme and c.grid_code = g.code and c.valid_to is null
      where g.valid_to is null group by g.scheme, g.code order by g.scheme, g.code`.execute(db)
  ).rows

interface Laying {
  edition: string
  now: Date
}
/** Puts grids as they are to be, and ends others; a cell leaves its old grid before it enters the new one. */
export async function laySpecialGrids(
  db: Db,
  { made, ended }: { made: readonly SpecialGrid[]; ended: readonly Pick<SpecialGrid, 'scheme' | 'code'>[] },
  { edition, now }: Laying,
): Promise<void> {
  const { rows } = await sql<{ some: boolean }>`select exists (select from geography.special_grid) as some`.execute(db)
  const from = rows[0]?.some ? now : null
  const over = JSON.stringify(ended)
  await sql`update geography.special_grid g set valid_to = ${now}
    from jsonb_to_recordset(${over}::jsonb) as e (scheme text, code text) where g.scheme = e.scheme and g.code = e.code`.execute(
    db,
  )
  await insertRows(
    db,
    'geography.special_grid',
    { scheme: 'text', code: 'text', name_zh: 'text', name_en: 'text', valid_from: 'timestamptz', edition: 'uuid' },
    made.map((g) => ({ ...g, name_zh: g.nameZh, name_en: g.nameEn, valid_from: from, edition })),
    'on conflict (scheme, code) do update set name_zh = excluded.name_zh, name_en = excluded.name_en, valid_to = null',
  )
  const wanted = JSON.stringify(made.flatMap((g) => g.cells.map((cell) => ({ scheme: g.scheme, grid: g.code, cell }))))
  const touched = JSON.stringify([...made, ...ended].map(({ scheme, code }) => ({ scheme, code })))
  await sql`with wanted as (select * from jsonb_to_recordset(${wanted}::jsonb) as w (scheme text, grid text, cell text)),
    touched as (select * from jsonb_to_recordset(${touched}::jsonb) as t (scheme text, code text))
    update geography.special_grid_cell c set valid_to = greatest(${now}, c.valid_from), ended_in = ${edition}
    where c.valid_to is null
      and (exists (select from touched t where t.scheme = c.scheme and t.code = c.grid_code)
        or exists (select from wanted w where w.scheme = c.scheme and w.cell = c.cell_code))
      and not exists (select from wanted w where w.scheme = c.scheme and w.grid = c.grid_code and w.cell = c.cell_code)`.execute(
    db,
  )
  await sql`insert into geography.special_grid_cell (scheme, grid_code, cell_code, valid_from, edition)
    select w.scheme, w.grid, w.cell, ${from}::timestamptz, ${edition}::uuid
    from jsonb_to_recordset(${wanted}::jsonb) as w (scheme text, grid text, cell text) on conflict do nothing`.execute(
    db,
  )
}

/** Special grids that a cell belongs, or belonged, to at an instant. */
export const specialGridsOf = async (db: Db, cellCode: string, at: Date): Promise<Omit<SpecialGrid, 'cells'>[]> =>
  (
    await sql<Omit<SpecialGrid, 'cells'>>`select g.scheme, g.code, g.name_zh as "nameZh", g.name_en as "nameEn"
      from geography.special_grid_cell c join geography.special_grid g on g.scheme = c.scheme and g.code = c.grid_code
      where c.cell_code = ${cellCode} and (c.valid_from is null or c.valid_from <= ${at}) and (c.valid_to is null or c.valid_to > ${at})
      order by g.scheme`.execute(db)
  ).rows

/** For each scheme, its grids and the cells in force that none of them holds. */
export const schemeCounts = async (db: Db): Promise<{ scheme: string; grids: number; without: number }[]> =>
  (
    await sql<{ scheme: string; grids: number; without: number }>`
      select s.scheme, s.grids, (select count(*)::int from geography.cell) - s.cells as without from (
        select g.scheme, count(distinct g.code)::int as grids, count(distinct c.cell_code)::int as cells
        from geography.special_grid g
        left join geography.special_grid_cell c on c.scheme = g.scheme and c.grid_code = g.code and c.valid_to is null
        where g.valid_to is null group by g.scheme) s order by s.scheme`.execute(db)
  ).rows

/** Cells in force that no grid of a scheme holds, in the order of their codes. */
export const cellsWithoutGrid = async (db: Db, scheme: string, within: string, most: number): Promise<string[]> =>
  (
    await sql<{
      code: string
    }>`select c.code from geography.cell c where starts_with(c.code, ${within}) and not exists (
        select from geography.special_grid_cell s where s.scheme = ${scheme} and s.cell_code = c.code and s.valid_to is null)
      order by c.code limit ${most}`.execute(db)
  ).rows.map((r) => r.code)

/** Schemes in which these cells lie in different grids (or some in none). */
export const schemesParting = async (db: Db, codes: readonly string[]): Promise<string[]> =>
  (
    await sql<{
      scheme: string
    }>`select scheme from geography.special_grid_cell where valid_to is null and cell_code = any(${codes})
      group by scheme having count(distinct grid_code) > 1 or count(*) < ${codes.length} order by scheme`.execute(db)
  ).rows.map((r) => r.scheme)

export interface DutyGrid {
  id: string
  code: string
  nameZh: string
  nameEn: string
  unitId: string | null
  people: { id: string; login: string; name: { 'zh-CN': string; en: string } }[]
  cells: string[]
  validFrom: LegalDay
  validTo: LegalDay | null
}
const dutyColumns = sql.raw(`d.id, d.code, d.name_zh as "nameZh", d.name_en as "nameEn", d.unit_id as "unitId",
  d.valid_from as "validFrom", d.valid_to as "validTo",
  coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'login', p.login, 'name', jsonb_build_object('zh-CN', p.name_zh, 'en', p.name_en)) order by p.login)
    from geography.duty_grid_person dp join identity.api_person p on p.id = dp.person_id where dp.duty_id = d.id), '[]') as people`)

export interface DutyWanted {
  /** Only those that are in force on this day. */
  day: LegalDay | null
  cell: string | null
  within: string
}
/** Duty grids with their cells now (or, of those that are over, the last they had), newest first. */
export const dutyGrids = async (db: Db, { day, cell, within }: DutyWanted): Promise<DutyGrid[]> =>
  (
    await sql<DutyGrid>`select ${dutyColumns},
        coalesce((select array_agg(c.cell_code order by c.cell_code) from geography.duty_grid_cell c
          where c.duty_id = d.id and c.valid_to is null), '{}') as cells
      from geography.duty_grid d
      where starts_with(d.code, ${within})
        and (${day}::date is null or (d.valid_from <= ${day}::date and (d.valid_to is null or d.valid_to >= ${day}::date)))
        and (${cell}::text is null or exists (select from geography.duty_grid_cell c where c.duty_id = d.id and c.cell_code = ${cell}))
      order by d.code, d.valid_from desc`.execute(db)
  ).rows

export interface NewDutyGrid {
  code: string
  nameZh: string
  nameEn: string
  unitId: string | null
  personIds: readonly string[]
  cells: readonly string[]
  validFrom: LegalDay
  validTo: LegalDay | null
}
export async function addDutyGrid(db: Db, grid: NewDutyGrid, { edition }: Laying): Promise<string> {
  const id = newId()
  await sql`insert into geography.duty_grid (id, code, name_zh, name_en, unit_id, valid_from, valid_to, edition)
    values (${id}, ${grid.code}, ${grid.nameZh}, ${grid.nameEn}, ${grid.unitId}, ${grid.validFrom}, ${grid.validTo}, ${edition})`.execute(
    db,
  )
  await putPeople(db, id, grid.personIds)
  await sql`insert into geography.duty_grid_cell (duty_id, cell_code, edition)
    select ${id}::uuid, cell, ${edition}::uuid from unnest(${[...new Set(grid.cells)]}::text[]) as c (cell)`.execute(db)
  return id
}
const putPeople = (db: Db, id: string, personIds: readonly string[]) =>
  sql`insert into geography.duty_grid_person (duty_id, person_id)
    select ${id}::uuid, p from unnest(${[...new Set(personIds)]}::uuid[]) as x (p)`.execute(db)

/** Names, holders, cells and end as they are to be; cells that leave keep their time. */
export async function changeDutyGrid(db: Db, id: string, grid: NewDutyGrid, { edition, now }: Laying): Promise<void> {
  await sql`update geography.duty_grid set name_zh = ${grid.nameZh}, name_en = ${grid.nameEn}, unit_id = ${grid.unitId},
    valid_to = ${grid.validTo} where id = ${id}`.execute(db)
  await sql`delete from geography.duty_grid_person where duty_id = ${id}`.execute(db)
  await putPeople(db, id, grid.personIds)
  const cells = [...new Set(grid.cells)]
  await sql`update geography.duty_grid_cell set valid_to = greatest(${now}, valid_from), ended_in = ${edition}
    where duty_id = ${id} and valid_to is null and cell_code <> all(${cells})`.execute(db)
  await sql`insert into geography.duty_grid_cell (duty_id, cell_code, valid_from, edition)
    select ${id}::uuid, cell, ${now}::timestamptz, ${edition}::uuid from unnest(${cells}::text[]) as c (cell) on conflict do nothing`.execute(
    db,
  )
}

/** Ends a duty grid; the day given is its last, but never before its first. */
export const endDutyGrid = async (db: Db, id: string, lastDay: LegalDay): Promise<boolean> =>
  (
    await sql`update geography.duty_grid set valid_to = greatest(valid_from, ${lastDay}::date)
      where id = ${id} and (valid_to is null or valid_to > ${lastDay}::date) returning id`.execute(db)
  ).rows.length > 0

export const dutyCodes = async (db: Db, street: string): Promise<string[]> =>
  (
    await sql<{
      code: string
    }>`select distinct code from geography.duty_grid where starts_with(code, ${`${street}G`})`.execute(db)
  ).rows.map((r) => r.code)

/** Ids of people by login; who is not known is missing. */
export const peopleByLogin = async (db: Db, logins: readonly string[]): Promise<Map<string, string>> =>
  new Map(
    (
      await sql<{
        login: string
        id: string
      }>`select login, id from identity.api_person where login = any(${logins})`.execute(db)
    ).rows.map((r) => [r.login, r.id]),
  )
export const knownUnits = async (db: Db, ids: readonly string[]): Promise<Set<string>> =>
  new Set(
    (await sql<{ id: string }>`select id from identity.api_unit where id = any(${ids})`.execute(db)).rows.map(
      (r) => r.id,
    ),
  )
