import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { LonLat } from '@pentad/platform/geo'
import { type Fence, fenceOf } from '../model/index.ts'

export interface Polygon {
  type: 'Polygon'
  coordinates: [number, number][][]
}
interface FenceText {
  id: string
  polygon: { coordinates: LonLat[][] }
  validFrom: Date | null
  validUntil: Date | null
  kinds: string[]
  unitIds: string[]
}
const text = sql`id, polygon, valid_from as "validFrom", valid_until as "validUntil", kinds, unit_ids as "unitIds"`
const fenceFrom = ({ id, polygon, validFrom, validUntil, kinds, unitIds }: FenceText): Fence =>
  fenceOf(id, polygon, {
    ...{ kinds, unitIds },
    validFrom: validFrom?.getTime() ?? null,
    validUntil: validUntil?.getTime() ?? null,
  })

/** Those that have not ended; each says itself when it holds. */
export const fencesInForce = async (db: Db): Promise<Fence[]> =>
  (await sql<FenceText>`select ${text} from sensing.fence where ended_at is null order by id`.execute(db)).rows.map(
    fenceFrom,
  )
/** Ended ones too: a replay of a rule looks at what was. */
export const fencesById = async (db: Db, ids: readonly string[]): Promise<Map<string, Fence>> =>
  new Map(
    (await sql<FenceText>`select ${text} from sensing.fence where id = any(${[...ids]}::uuid[])`.execute(db)).rows.map(
      (f) => [f.id, fenceFrom(f)],
    ),
  )

/** Whom the fences concern that do not concern all. */
export async function handlesOf(db: Db, fences: readonly Fence[]): Promise<Map<string, ReadonlySet<number>>> {
  const narrow = fences.filter((f) => f.kinds.length + f.unitIds.length > 0)
  const found = new Map<string, ReadonlySet<number>>()
  for (const { id, kinds, unitIds } of narrow) {
    const { rows } = await sql<{ handle: number }>`select handle from sensing.device
      where (${kinds.length} = 0 or kind = any(${[...kinds]}::text[])) and (${unitIds.length} = 0 or unit_id = any(${[...unitIds]}::text[]))`.execute(
      db,
    )
    found.set(id, new Set(rows.map((r) => r.handle)))
  }
  return found
}

export interface FenceRow {
  id: string
  nameZh: string
  nameEn: string
  areaCode: string | null
  polygon: Polygon
  version: number
  validFrom: Date | null
  validUntil: Date | null
  kinds: string[]
  unitIds: string[]
  note: string
  madeBy: string
  madeAt: Date
  endedAt: Date | null
  inside: number
  /** Alarm rules in force, and drafts, that name it. */
  rules: { id: string; name: { 'zh-CN': string; en: string }; inForce: boolean }[]
}
const fence = sql`select f.id, f.name_zh as "nameZh", f.name_en as "nameEn", f.area_code as "areaCode", f.polygon, f.version,
    f.valid_from as "validFrom", f.valid_until as "validUntil", f.kinds, f.unit_ids as "unitIds", f.note,
    f.made_by as "madeBy", f.made_at as "madeAt", f.ended_at as "endedAt",
    (select count(*)::int from sensing.fence_stay s where s.fence_id = f.id and s.left_at is null) as inside,
    (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', r.definition -> 'name', 'inForce', r.state = 'in_force') order by r.id), '[]')
      from sensing.alarm_rule r where r.state <> 'old' and r.definition #>> '{condition,fenceId}' = f.id::text) as rules
  from sensing.fence f`
export const fencesSeen = async (db: Db, seen: RawSql, ended: boolean): Promise<FenceRow[]> =>
  (await sql<FenceRow>`${fence} where (f.ended_at is not null) = ${ended} and ${seen} order by f.made_at`.execute(db))
    .rows
/** One that has ended too: who was inside stays known. */
export const fenceById = async (db: Db, id: string): Promise<FenceRow | undefined> =>
  (await sql<FenceRow>`${fence} where f.id = ${id}`.execute(db)).rows[0]

export interface FenceWritten {
  id: string
  nameZh: string
  nameEn: string
  areaCode: string | null
  polygon: object
  validFrom: Date | null
  validUntil: Date | null
  kinds: readonly string[]
  unitIds: readonly string[]
  note: string
}
export async function addFence(db: Db, f: FenceWritten, by: string, at: Date): Promise<void> {
  await sql`insert into sensing.fence (id, name_zh, name_en, area_code, polygon, valid_from, valid_until, kinds, unit_ids, note, made_by, made_at)
    values (${f.id}, ${f.nameZh}, ${f.nameEn}, ${f.areaCode}, ${JSON.stringify(f.polygon)}, ${f.validFrom}, ${f.validUntil},
      ${[...f.kinds]}::text[], ${[...f.unitIds]}::text[], ${f.note}, ${by}, ${at})`.execute(db)
  await keepEdition(db, f.id, by, at)
}
/** A new text of a fence; the one before stays readable. */
export async function changeFence(db: Db, f: FenceWritten, by: string, at: Date): Promise<void> {
  await sql`update sensing.fence set name_zh = ${f.nameZh}, name_en = ${f.nameEn}, area_code = ${f.areaCode}, polygon = ${JSON.stringify(f.polygon)},
      valid_from = ${f.validFrom}, valid_until = ${f.validUntil}, kinds = ${[...f.kinds]}::text[], unit_ids = ${[...f.unitIds]}::text[],
      note = ${f.note}, version = version + 1, xid = pg_current_xact_id()
    where id = ${f.id}`.execute(db)
  await keepEdition(db, f.id, by, at)
}
const keepEdition = (db: Db, id: string, by: string, at: Date) =>
  sql`insert into sensing.fence_edition
    select id, version, name_zh, name_en, polygon, valid_from, valid_until, kinds, unit_ids, note, ${by}, ${at} from sensing.fence where id = ${id}`.execute(
    db,
  )

export interface FenceEdition {
  version: number
  nameZh: string
  nameEn: string
  polygon: Polygon
  validFrom: Date | null
  validUntil: Date | null
  kinds: string[]
  note: string
  writtenBy: string
  writtenAt: Date
}
export const editionsOf = async (db: Db, id: string): Promise<FenceEdition[]> =>
  (
    await sql<FenceEdition>`select version, name_zh as "nameZh", name_en as "nameEn", polygon, valid_from as "validFrom", valid_until as "validUntil",
      kinds, note, written_by as "writtenBy", written_at as "writtenAt"
    from sensing.fence_edition where fence_id = ${id} order by version desc limit 50`.execute(db)
  ).rows

export async function endFence(db: Db, id: string, at: Date): Promise<void> {
  await sql`update sensing.fence set ended_at = ${at}, xid = pg_current_xact_id() where id = ${id} and ended_at is null`.execute(
    db,
  )
  await sql`update sensing.fence_stay set left_at = greatest(entered_at, ${at}) where fence_id = ${id} and left_at is null`.execute(
    db,
  )
}

export interface StayRow {
  deviceId: string
  handle: number
  nameZh: string
  nameEn: string
  label: string | null
  enteredAt: Date
  leftAt: Date | null
}
export const staysOf = async (db: Db, fenceId: string, from: Date, until: Date, seen: RawSql): Promise<StayRow[]> =>
  (
    await sql<StayRow>`select d.id as "deviceId", d.handle, d.name_zh as "nameZh", d.name_en as "nameEn", d.label,
      s.entered_at as "enteredAt", s.left_at as "leftAt"
    from sensing.fence_stay s join sensing.device d on d.handle = s.handle
    left join sensing.position p on p.device_id = d.id
    where s.fence_id = ${fenceId} and s.entered_at <= ${until} and coalesce(s.left_at, 'infinity') >= ${from} and ${seen}
    order by s.left_at is null desc, s.entered_at desc limit 1000`.execute(db)
  ).rows

/** In which fences a device was, for its replay. */
export const staysOfDevice = async (
  db: Db,
  handle: number,
  from: Date,
  until: Date,
  seen: RawSql,
): Promise<{ fenceId: string; nameZh: string; nameEn: string; enteredAt: Date; leftAt: Date | null }[]> =>
  (
    await sql<{ fenceId: string; nameZh: string; nameEn: string; enteredAt: Date; leftAt: Date | null }>`
      select f.id as "fenceId", f.name_zh as "nameZh", f.name_en as "nameEn", s.entered_at as "enteredAt", s.left_at as "leftAt"
      from sensing.fence_stay s join sensing.fence f on f.id = s.fence_id
      where s.handle = ${handle} and s.entered_at <= ${until} and coalesce(s.left_at, 'infinity') >= ${from} and ${seen}
      order by s.entered_at limit 1000`.execute(db)
  ).rows

/** The last stay of each device in each fence. */
export async function lastStays(
  db: Db,
  fenceIds: readonly string[],
  handles: readonly number[],
): Promise<Map<string, { enteredAt: number; leftAt: number | null }>> {
  const { rows } = await sql<{ fenceId: string; handle: number; enteredAt: Date; leftAt: Date | null }>`
    select distinct on (fence_id, handle) fence_id as "fenceId", handle, entered_at as "enteredAt", left_at as "leftAt" from sensing.fence_stay
    where fence_id = any(${[...fenceIds]}::uuid[]) and handle = any(${[...handles]}::int[]) order by fence_id, handle, entered_at desc`.execute(
    db,
  )
  return new Map(
    rows.map((r) => [
      `${r.fenceId} ${r.handle}`,
      { enteredAt: r.enteredAt.getTime(), leftAt: r.leftAt?.getTime() ?? null },
    ]),
  )
}

/** The fences in which these are now, by handle. */
export async function insideOf(db: Db, handles: readonly number[] | null): Promise<Map<number, Set<string>>> {
  const { rows } = await sql<{
    handle: number
    fenceId: string
  }>`select handle, fence_id as "fenceId" from sensing.fence_stay
    where left_at is null and (${handles}::int[] is null or handle = any(${handles}::int[]))`.execute(db)
  const found = new Map<number, Set<string>>()
  for (const { handle, fenceId } of rows) found.set(handle, (found.get(handle) ?? new Set()).add(fenceId))
  return found
}
