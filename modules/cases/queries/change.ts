/** Writes what has become of cases: file, trail, photos, news and the reply to the command, many at once, in one statement. */
import { type Db, prepared, sql } from '@pentad/platform/db'
import { nextWake, publicStage } from '../model/index.ts'
import type { TrailRow } from '../trail.ts'
import { type CaseRow, columns } from './write.ts'

/** One case before and after, with what its trail gains. */
export interface CaseChange {
  before: CaseRow
  after: CaseRow
  entries: readonly TrailRow[]
}

/** All of it or nothing: it is not written when one of its cases has moved on meanwhile. */
export interface Change {
  cases: readonly CaseChange[]
  /** The command that it is, so that the same key, sent again, does nothing twice. */
  command?: { actorId: string; key: string; route: string; digest: string; reply: unknown } | undefined
}

const fileRow = ({ after, entries }: CaseChange) => {
  const last = entries.at(-1)
  const row: Record<string, unknown> = { id: after.id }
  for (const [field, column] of Object.entries(columns)) row[column] = after[field as keyof CaseRow]
  row.version = last?.seq ?? after.version
  row.last_hash = last?.hash ?? after.lastHash
  row.wake_at = nextWake(after)?.at ?? null
  return row
}

export const eventRow = (e: TrailRow) => ({
  case_id: e.caseId,
  seq: e.seq,
  act: e.act,
  actor_id: e.actorId,
  actor_unit: e.actorUnit,
  from_status: e.from,
  to_status: e.to,
  at: e.at,
  recorded: e.recorded,
  reason: e.reason,
  standard_id: e.standardId,
  unit_id: e.unitId,
  photo_ids: e.photoIds,
  lon: e.lon,
  lat: e.lat,
  used_seconds: e.usedSeconds,
  detail: e.detail ?? null,
  prev_hash: e.prevHash,
  hash: e.hash,
})

/** What screens are told of an entry, and whether the reporters are. */
const newsRow = ({ before, after }: CaseChange, e: TrailRow) => ({
  case_id: after.id,
  about: { id: after.id, no: after.no, status: e.to, version: e.seq, act: e.act },
  area_code: after.areaCode,
  units: [...new Set([after.leadUnitId, ...after.coUnitIds, before.leadUnitId].filter((u) => u !== null))],
  reporters: e.from === null || publicStage(e.from) !== publicStage(e.to),
  again: after.reopenedFrom !== null,
})

const sets = sql.join(
  [...Object.values(columns), 'wake_at'].map((column) => sql`${sql.ref(column)} = f.${sql.ref(column)}`),
)
export const eventColumns = sql.raw(
  'case_id, seq, act, actor_id, actor_unit, from_status, to_status, at, recorded, reason, standard_id, unit_id, photo_ids, lon, lat, used_seconds, detail, prev_hash, hash',
)

/** Says of each change whether it was written; what was not has met another that was first, and is to be looked at anew. */
export async function writeChanges(db: Db, changes: readonly Change[]): Promise<boolean[]> {
  const cases = changes.flatMap((c, n) => c.cases.map((one) => ({ n, one })))
  const wanted = cases.map(({ n, one }) => ({ n, id: one.before.id, was: one.before.version }))
  const files = cases.map(({ one }) => fileRow(one))
  const events = cases.flatMap(({ one }) => one.entries.map(eventRow))
  const news = cases.flatMap(({ one }) => one.entries.map((e) => newsRow(one, e)))
  const keys = changes.flatMap(({ command: c }, n) =>
    c ? [{ n, actor: c.actorId, key: c.key, route: c.route, digest: c.digest, reply: c.reply }] : [],
  )
  const { rows } = await sql<{ n: number }>`${prepared}
    with wanted as materialized (select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (n int, id uuid, was int)),
    held as materialized (select c.id, c.version from cases.case_file c where c.id in (select id from wanted) order by c.id for update),
    go as materialized (select w.n, w.id from wanted w where w.n not in (
      select o.n from wanted o left join held h on h.id = o.id where h.version is distinct from o.was)),
    changed as (
      update cases.case_file c set ${sets}, xid = pg_current_xact_id()
      from jsonb_populate_recordset(null::cases.case_file, ${JSON.stringify(files)}::jsonb) f
      where c.id = f.id and c.id in (select id from go)),
    grown as (
      insert into cases.event (${eventColumns})
      select ${eventColumns} from jsonb_populate_recordset(null::cases.event, ${JSON.stringify(events)}::jsonb) e
      where e.case_id in (select id from go) returning case_id, act, at, photo_ids),
    photos as (
      insert into cases.photo (case_id, photo_id, act, at) select case_id, unnest(photo_ids), act, at from grown on conflict do nothing),
    news as (select * from jsonb_to_recordset(${JSON.stringify(news)}::jsonb) as w (case_id uuid, about jsonb, area_code text, units text[], reporters boolean, again boolean)
      where case_id in (select id from go)),
    told as (
      insert into platform.news (topic, about, may, area_code, units, public_topic)
      select 'case', about, 'cases.read', area_code, units, null from news
      union all
      -- Whoever reported a case that was merged into this one hears of it too.
      select 'report', jsonb_build_object('code', r.code), null, null, '{}'::text[], 'report/' || r.code from news w
      join cases.case_file m on m.id = w.case_id or m.merged_into = w.case_id join cases.report r on r.case_id = m.id where w.reporters
      union all
      -- And whoever reported a case that this one takes up again.
      select 'report', jsonb_build_object('code', r.code), null, null, '{}'::text[], 'report/' || r.code from news w
      cross join lateral unnest(cases.line_of(w.case_id)) as o (id) join cases.case_file m on m.id = o.id or m.merged_into = o.id
      join cases.report r on r.case_id = m.id where w.reporters and w.again and o.id <> w.case_id),
    keyed as (
      insert into platform.command (actor, key, route, digest, reply)
      select actor, key, route, digest, reply from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k (n int, actor text, key text, route text, digest text, reply jsonb)
      where n in (select n from go))
    select distinct n from go`.execute(db)
  const written = new Set(rows.map((r) => r.n))
  return changes.map((_, n) => written.has(n))
}
