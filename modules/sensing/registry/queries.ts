import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { BearerKind, DeviceKind, Period, Protocol, Trouble } from '../model.ts'
import type { NewDevice } from '../queries/devices.ts'

/** Rows of values that a device is taken to have from now on; what is there stays. */
export async function beginDatastreams(
  db: Db,
  deviceId: string,
  measures: readonly (readonly [factor: string, period: Period])[],
): Promise<void> {
  for (const [factor, period] of measures)
    await sql`select sensing.begin_datastream(${deviceId}, ${factor}, ${period})`.execute(db)
}

/** Begins the rows of values that are not there yet, in the order of keys, so that two gateways never wait for each other. */
export async function beginMany(
  db: Db,
  wanted: readonly { deviceId: string; factor: string; period: Period }[],
): Promise<void> {
  await sql`select count(sensing.begin_datastream(device_id, factor, period)) from (
      select u.* from unnest(${wanted.map((w) => w.deviceId)}::uuid[], ${wanted.map((w) => w.factor)}::text[], ${wanted.map((w) => w.period)}::text[])
        as u (device_id, factor, period)
      where not exists (select from sensing.datastream s where s.device_id = u.device_id and s.factor = u.factor and s.period = u.period)
      order by 1, 2, 3) n`.execute(db)
}

export async function saveTroubles(
  db: Db,
  found: ReadonlyMap<string, Trouble | null>,
  now: Date,
): Promise<{ id: string; areaCode: string | null; unitId: string | null; trouble: Trouble | null }[]> {
  const ids = [...found.keys()].sort()
  const { rows } = await sql<{
    id: string
    areaCode: string | null
    unitId: string | null
    trouble: Trouble | null
  }>`update sensing.device_state s set trouble = u.trouble,
      trouble_since = case when u.trouble is null then null else ${now}::timestamptz end
    from unnest(${ids}::uuid[], ${ids.map((id) => found.get(id) ?? null)}::text[]) as u (id, trouble), sensing.device d
    where s.device_id = u.id and d.id = u.id and s.trouble is distinct from u.trouble
    returning d.id, d.area_code as "areaCode", d.unit_id as "unitId", s.trouble`.execute(db)
  return rows
}

export interface MeasureRow {
  id: number
  factor: string
  period: Period
  nameZh: string
  nameEn: string
  unit: string
}
export const measuresOfDevice = async (db: Db, id: string): Promise<MeasureRow[]> =>
  (
    await sql<MeasureRow>`select s.id, s.factor, s.period, coalesce(s.name, f.name_zh) as "nameZh", coalesce(s.name, f.name_en) as "nameEn",
        coalesce(s.unit ->> 'symbol', f.unit_symbol) as unit
      from sensing.datastream s join sensing.factor f on f.id = s.factor_id
      where s.device_id = ${id} and s.deleted is null order by s.id`.execute(db)
  ).rows

export interface DeviceFacts {
  protocol: Protocol
  nameZh: string
  nameEn: string
  description: string
  delivered: { crs: string; x: number; y: number } | null
  retired: Date | null
  registeredAt: Date
  troubleSince: Date | null
  login: string | null
  issuedAt: Date | null
  hasPassword: boolean
}
export const factsOf = async (db: Db, id: string): Promise<DeviceFacts | undefined> =>
  (
    await sql<DeviceFacts>`select d.protocol, d.name_zh as "nameZh", d.name_en as "nameEn", d.description, d.delivered, d.retired,
        d.registered_at as "registeredAt", s.trouble_since as "troubleSince", a.login, a.issued_at as "issuedAt",
        d.profile ? 'password' as "hasPassword"
      from sensing.device d left join sensing.account a on a.device_id = d.id left join sensing.device_state s on s.device_id = d.id
      where d.id = ${id}`.execute(db)
  ).rows[0]

export interface BindingRow {
  id: string
  kind: BearerKind
  personId: string | null
  name: string
  from: Date
  until: Date | null
}
const binding = sql`select b.id, b.target_kind as kind, b.person_id as "personId", coalesce(p.name_zh, b.target) as name,
    b.valid_from as "from", b.valid_until as until
  from sensing.binding b left join identity.api_person p on p.id = b.person_id`
export const bindingsOf = async (db: Db, deviceId: string): Promise<BindingRow[]> =>
  (await sql<BindingRow>`${binding} where b.device_id = ${deviceId} order by b.valid_from desc limit 100`.execute(db))
    .rows

export interface NewBinding {
  id: string
  deviceId: string
  handle: number
  kind: BearerKind
  personId: string | null
  target: string | null
  from: Date
  until: Date | null
  by: string
  now: Date
}
/** The database refuses what overlaps (`one_bearer_at_a_time`). */
export async function addBinding(db: Db, b: NewBinding): Promise<void> {
  await sql`insert into sensing.binding (id, device_id, handle, target_kind, person_id, target, valid_from, valid_until, bound_by, bound_at)
    values (${b.id}, ${b.deviceId}, ${b.handle}, ${b.kind}, ${b.personId}, ${b.target}, ${b.from}, ${b.until}, ${b.by}, ${b.now})`.execute(
    db,
  )
}
export const bindingOverlaps = async (
  db: Db,
  { handle, from, until }: Pick<NewBinding, 'handle' | 'from' | 'until'>,
): Promise<BindingRow | undefined> =>
  (
    await sql<BindingRow>`${binding} where int4range(b.handle, b.handle, '[]') && int4range(${handle}, ${handle}, '[]')
      and tstzrange(b.valid_from, b.valid_until) && tstzrange(${from}, ${until}) order by b.valid_from limit 1`.execute(
      db,
    )
  ).rows[0]
export async function endBinding(db: Db, deviceId: string, at: Date): Promise<boolean> {
  const { rows } = await sql`update sensing.binding set valid_until = ${at}
    where device_id = ${deviceId} and valid_from < ${at} and (valid_until is null or valid_until > ${at}) returning id`.execute(
    db,
  )
  return rows.length > 0
}
export const personExists = async (db: Db, id: string): Promise<boolean> =>
  (await sql`select from identity.api_person where id = ${id}`.execute(db)).rows.length > 0

export interface BearerRow {
  deviceId: string
  kind: BearerKind
  personId: string | null
  name: string
}
/** Who has which device at an instant. */
export const bearersAt = async (db: Db, at: Date): Promise<BearerRow[]> =>
  (
    await sql<BearerRow>`select b.device_id as "deviceId", b.target_kind as kind, b.person_id as "personId",
        coalesce(p.name_zh, b.target) as name
      from sensing.binding b left join identity.api_person p on p.id = b.person_id
      where b.valid_from <= ${at} and (b.valid_until is null or b.valid_until > ${at})`.execute(db)
  ).rows

export interface CalibrationRow {
  id: string
  on: string
  until: string
  certificate: string
  laboratory: string | null
}
export const calibrationsOf = async (db: Db, deviceId: string): Promise<CalibrationRow[]> =>
  (
    await sql<CalibrationRow>`select id, calibrated_on as "on", valid_until as until, certificate, laboratory from sensing.calibration
      where device_id = ${deviceId} order by valid_until desc limit 50`.execute(db)
  ).rows
export async function addCalibrationRow(
  db: Db,
  c: CalibrationRow & { deviceId: string; by: string; now: Date },
): Promise<boolean> {
  const { rows } =
    await sql`insert into sensing.calibration (id, device_id, calibrated_on, valid_until, certificate, laboratory, recorded_by, recorded_at)
    values (${c.id}, ${c.deviceId}, ${c.on}, ${c.until}, ${c.certificate}, ${c.laboratory}, ${c.by}, ${c.now})
    on conflict do nothing returning id`.execute(db)
  return rows.length > 0
}

/** Gateways read devices by what changed. */
export const touchDevice = (db: Db, id: string): Promise<unknown> =>
  sql`update sensing.device set xid = pg_current_xact_id() where id = ${id}`.execute(db)

export async function putAccount(
  db: Db,
  a: { deviceId: string; login: string; tokenHash: string; by: string; now: Date },
): Promise<void> {
  await sql`insert into sensing.account (device_id, login, token_hash, issued_by, issued_at)
    values (${a.deviceId}, ${a.login}, ${a.tokenHash}, ${a.by}, ${a.now})
    on conflict (device_id) do update set login = excluded.login, token_hash = excluded.token_hash, issued_by = excluded.issued_by,
      issued_at = excluded.issued_at`.execute(db)
  await touchDevice(db, a.deviceId)
}
export async function dropAccount(db: Db, deviceId: string): Promise<void> {
  await sql`delete from sensing.account where device_id = ${deviceId}`.execute(db)
  await touchDevice(db, deviceId)
}
export const accountOf = async (
  db: Db,
  login: string,
): Promise<{ deviceId: string; handle: number; tokenHash: string } | undefined> =>
  (
    await sql<{ deviceId: string; handle: number; tokenHash: string }>`select a.device_id as "deviceId", d.handle,
        a.token_hash as "tokenHash" from sensing.account a join sensing.device d on d.id = a.device_id
      where a.login = ${login} and d.retired is null`.execute(db)
  ).rows[0]

/** What is said of a device is renewed; what it speaks and under which address stays. */
export async function changeDeviceRow(db: Db, id: string, d: NewDevice): Promise<void> {
  await sql`update sensing.device set name_zh = ${d.nameZh}, name_en = ${d.nameEn}, label = ${d.label}, unit_id = ${d.unitId},
      area_code = ${d.areaCode}, lon = ${d.lon}, lat = ${d.lat}, night_permit = ${d.nightPermit}, description = ${d.description ?? ''},
      delivered = ${d.delivered ? JSON.stringify(d.delivered) : null}::jsonb, profile = ${JSON.stringify(d.profile)},
      xid = pg_current_xact_id()
    where id = ${id}`.execute(db)
}
export async function setRetired(db: Db, id: string, at: Date | null): Promise<void> {
  await sql`update sensing.device set retired = ${at}, xid = pg_current_xact_id() where id = ${id}`.execute(db)
}
export const deviceAt = async (
  db: Db,
  protocol: Protocol,
  address: string,
): Promise<
  { id: string; profile: Record<string, unknown>; areaCode: string | null; unitId: string | null } | undefined
> =>
  (
    await sql<{ id: string; profile: Record<string, unknown>; areaCode: string | null; unitId: string | null }>`
      select id, profile, area_code as "areaCode", unit_id as "unitId" from sensing.device
      where protocol = ${protocol} and address = ${address}`.execute(db)
  ).rows[0]
export const profileOf = async (db: Db, id: string): Promise<Record<string, unknown>> =>
  (await sql<{ profile: Record<string, unknown> }>`select profile from sensing.device where id = ${id}`.execute(db))
    .rows[0]?.profile ?? {}

export interface StrangerRow {
  protocol: Protocol
  address: string
  firstAt: Date
  lastAt: Date
  frames: number
  barredAt: Date | null
}
export const strangersSeen = async (db: Db, most: number): Promise<StrangerRow[]> =>
  (
    await sql<StrangerRow>`select protocol, address, first_at as "firstAt", last_at as "lastAt", frames, barred_at as "barredAt"
      from sensing.unknown_device order by barred_at is not null, last_at desc limit ${most}`.execute(db)
  ).rows
export async function forgetStranger(db: Db, protocol: string, address: string): Promise<void> {
  await sql`delete from sensing.unknown_device where protocol = ${protocol} and address = ${address}`.execute(db)
}
export async function setBarred(
  db: Db,
  { protocol, address, at, by }: { protocol: string; address: string; at: Date | null; by: string },
): Promise<boolean> {
  const { rows } = await sql`update sensing.unknown_device set barred_at = ${at}, barred_by = ${at ? by : null}
    where protocol = ${protocol} and address = ${address} returning address`.execute(db)
  return rows.length > 0
}
/** Addresses that gateways turn away. */
export const barredAddresses = async (db: Db): Promise<{ protocol: string; address: string }[]> =>
  (
    await sql<{
      protocol: string
      address: string
    }>`select protocol, address from sensing.unknown_device where barred_at is not null`.execute(db)
  ).rows

export interface HealthRow {
  id: string
  kind: DeviceKind
  nameZh: string
  nameEn: string
  label: string | null
  unitId: string | null
  /** Where it belongs or is. */
  areaCode: string | null
  lastHeard: Date | null
  trouble: Trouble | null
  troubleSince: Date | null
  calibratedUntil: string | null
}
export const healthRows = async (db: Db, seen: RawSql): Promise<HealthRow[]> =>
  (
    await sql<HealthRow>`select d.id, d.kind, d.name_zh as "nameZh", d.name_en as "nameEn", d.label, d.unit_id as "unitId",
        d.area_code as "areaCode", s.last_heard as "lastHeard", s.trouble, s.trouble_since as "troubleSince",
        (select max(c.valid_until) from sensing.calibration c where c.device_id = d.id) as "calibratedUntil"
      from sensing.device d left join sensing.device_state s on s.device_id = d.id
      where d.retired is null and ${seen} order by d.kind, d.handle`.execute(db)
  ).rows
export interface RejectSum {
  protocol: string
  code: string
  count: number
  lastAt: Date
}
export const rejectsByReason = async (db: Db, since: Date): Promise<RejectSum[]> =>
  (
    await sql<RejectSum>`select protocol, code, sum(count)::bigint as count, max(last_at) as "lastAt" from sensing.reject
      where last_at >= ${since} group by 1, 2 order by 3 desc limit 50`.execute(db)
  ).rows
