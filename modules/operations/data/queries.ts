import { type Db, sql } from '@pentad/platform/db'

export interface ColumnRow {
  table: string
  column: string
  type: string
  required: boolean
  /** Part of the primary key. */
  key: boolean
  /** The table and column that it refers to. */
  refers: string | null
}
/** Columns of tables, as the database has them now. */
export const columnsOf = async (db: Db): Promise<ColumnRow[]> =>
  (
    await sql<ColumnRow>`
      select n.nspname || '.' || c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
        a.attnotnull as required, coalesce(a.attnum = any(pk.conkey), false) as key,
        (select fn.nspname || '.' || fc.relname from pg_constraint f join pg_class fc on fc.oid = f.confrelid
           join pg_namespace fn on fn.oid = fc.relnamespace
         where f.contype = 'f' and f.conrelid = c.oid and f.conkey = array[a.attnum] limit 1) as refers
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        left join pg_constraint pk on pk.conrelid = c.oid and pk.contype = 'p'
      where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
        and n.nspname !~ '^(pg_|information_schema$|graphile_worker$|public$)'
      order by 1, a.attnum`.execute(db)
  ).rows

/** About how many rows; exact only after the engine has looked through the table. Partitions count with their parent. */
export const rowEstimates = async (db: Db): Promise<Map<string, number>> => {
  const { rows } = await sql<{ table: string; rows: number }>`
    with recursive tree as (
      select c.oid as root, c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information_schema$|graphile_worker$)'
      union all select t.root, i.inhrelid from tree t join pg_inherits i on i.inhparent = t.oid)
    select n.nspname || '.' || c.relname as table,
      sum(greatest(coalesce(s.n_live_tup, 0), p.reltuples, 0))::bigint as rows
    from tree t join pg_class c on c.oid = t.root join pg_namespace n on n.oid = c.relnamespace join pg_class p on p.oid = t.oid
      left join pg_stat_all_tables s on s.relid = t.oid
    where p.relkind = 'r' group by 1`.execute(db)
  return new Map(rows.map((r) => [r.table, r.rows]))
}

/** Which `api_` views read which tables. */
export const viewsOver = async (db: Db): Promise<{ view: string; table: string }[]> =>
  (
    await sql<{ view: string; table: string }>`
      select distinct vn.nspname || '.' || v.relname as view, tn.nspname || '.' || t.relname as table
      from pg_rewrite r join pg_class v on v.oid = r.ev_class join pg_namespace vn on vn.oid = v.relnamespace
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
        join pg_class t on t.oid = d.refobjid join pg_namespace tn on tn.oid = t.relnamespace
      where v.relkind = 'v' and starts_with(v.relname, 'api_') and t.relkind in ('r', 'p') order by 1`.execute(db)
  ).rows

export const viewsThere = async (db: Db): Promise<Set<string>> =>
  new Set(
    (
      await sql<{ view: string }>`select n.nspname || '.' || c.relname as view from pg_class c
        join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'v'`.execute(db)
    ).rows.map((r) => r.view),
  )

export interface LedgerForm {
  id: string
  version: number
  schema: {
    title: { 'zh-CN': string; en: string }
    proposal: boolean
    fields: {
      key: string
      title: { 'zh-CN': string; en: string }
      type: string
      required: boolean
      dataClass: string
    }[]
  }
}
export const ledgerForms = async (db: Db): Promise<LedgerForm[]> =>
  (
    await sql<LedgerForm>`select id, version, schema from inspection.api_ledger where retired_at is null order by id`.execute(
      db,
    )
  ).rows

export interface Sample {
  id: string
  label: string
  area: string | null
}
export interface ResultRow {
  runId: string
  checkId: string
  total: number
  bad: number
  lastChange: Date | null
  samples: Sample[]
}
export interface RunRow {
  id: string
  at: Date
  by: string | null
  ended: Date | null
}

/** To the end of the transaction: two who ask at once get one run. */
export async function lockRuns(db: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('operations.quality_run'))`.execute(db)
}
export async function addRun(db: Db, id: string, at: Date, by: string | null): Promise<void> {
  await sql`insert into operations.quality_run (id, at, by_person) values (${id}, ${at}, ${by})`.execute(db)
}
export async function endRun(db: Db, id: string, at: Date): Promise<void> {
  await sql`update operations.quality_run set ended = ${at} where id = ${id}`.execute(db)
}
export async function putResult(db: Db, r: ResultRow & { ms: number }): Promise<void> {
  await sql`insert into operations.quality_result (run_id, check_id, total, bad, last_change, ms, samples)
    values (${r.runId}, ${r.checkId}, ${r.total}, ${r.bad}, ${r.lastChange}, ${r.ms}, ${JSON.stringify(r.samples)}::jsonb)
    on conflict (run_id, check_id) do update set total = excluded.total, bad = excluded.bad, last_change = excluded.last_change,
      ms = excluded.ms, samples = excluded.samples`.execute(db)
}

/** The last runs, newest first. */
export const recentRuns = async (db: Db, most: number): Promise<RunRow[]> =>
  (
    await sql<RunRow>`select r.id, r.at, coalesce(p.name_zh, r.by_person) as by, r.ended from operations.quality_run r
      left join identity.api_person p on p.id::text = r.by_person order by r.at desc, r.id desc limit ${most}`.execute(
      db,
    )
  ).rows

export const resultsOf = async (db: Db, runIds: readonly string[]): Promise<ResultRow[]> =>
  runIds.length
    ? (
        await sql<ResultRow>`select run_id as "runId", check_id as "checkId", total, bad, last_change as "lastChange", samples
          from operations.quality_result where run_id = any(${runIds}::uuid[])`.execute(db)
      ).rows
    : []

/** Runs older than two years go. */
export async function forgetRuns(db: Db): Promise<void> {
  await sql`delete from operations.quality_result where run_id in (
    select id from operations.quality_run where at < now() - interval '2 years')`.execute(db)
  await sql`delete from operations.quality_run where at < now() - interval '2 years'`.execute(db)
}
