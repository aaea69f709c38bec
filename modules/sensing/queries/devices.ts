import { type Db, markNow, type RawSql, sql } from '@pentad/platform/db'
import { type Actor, sightOf } from '@pentad/platform/rights'
import { type DeviceKind, type DeviceState, type Protocol, silentAfterSeconds, type Trouble } from '../model.ts'

export interface DeviceRow {
  id: string
  handle: number
  kind: DeviceKind
  protocol: Protocol
  address: string
  nameZh: string
  nameEn: string
  label: string | null
  unitId: string | null
  areaCode: string | null
  lon: number | null
  lat: number | null
  nightPermit: boolean | null
  lastHeard: Date | null
  trouble?: Trouble | null
}

export const deviceColumns = sql`d.id, d.handle, d.kind, d.protocol, d.address, d.name_zh as "nameZh", d.name_en as "nameEn", d.label,
  d.unit_id as "unitId", d.area_code as "areaCode", d.lon, d.lat, d.night_permit as "nightPermit"`
const device = sql`select ${deviceColumns}, s.last_heard as "lastHeard", s.trouble
  from sensing.device d left join sensing.device_state s on s.device_id = d.id`

/** What the actor may see: by place or by unit. `area` is where the thing is. */
export function seen(actor: Actor, area: RawSql = sql`d.area_code`, unit: RawSql = sql`d.unit_id`): RawSql {
  const { areas, units } = sightOf(actor, 'sensing.read')
  if (areas.includes('')) return sql`true`
  return sql`(${area} like any(${areas.map((a) => `${a}%`)}::text[]) or ${unit} = any(${units}::text[]))`
}

export const devicesSeen = async (
  db: Db,
  actor: Actor,
  kind: DeviceKind | null,
  retired = false,
): Promise<DeviceRow[]> =>
  (
    await sql<DeviceRow>`${device} where (d.retired is not null) = ${retired} and ${seen(actor)} and (${kind}::text is null or d.kind = ${kind})
      order by d.kind, d.address`.execute(db)
  ).rows

/** How many of those in use that the actor may see are in which state. */
export async function statesSeen(db: Db, actor: Actor, now: Date): Promise<Map<DeviceState, number>> {
  const kinds = Object.entries(silentAfterSeconds)
  const { rows } = await sql<{ state: DeviceState; n: number }>`select case when s.last_heard is null then 'never'
      when s.last_heard < ${now}::timestamptz - k.after * interval '1 second' then 'silent' else coalesce(s.trouble, 'online') end as state,
      count(*)::int as n
    from sensing.device d
    join unnest(${kinds.map(([kind]) => kind)}::text[], ${kinds.map(([, after]) => after)}::int[]) as k (kind, after) on k.kind = d.kind
    left join sensing.device_state s on s.device_id = d.id where d.retired is null and ${seen(actor)} group by 1`.execute(
    db,
  )
  return new Map(rows.map((r) => [r.state, r.n]))
}

/** All devices of a kind, in the order in which they were registered. */
export const devicesOf = async (db: Db, kind: DeviceKind): Promise<DeviceRow[]> =>
  (await sql<DeviceRow>`${device} where d.kind = ${kind} order by d.handle`.execute(db)).rows

/** Devices of a kind that a simulator may play: never one that is real. */
export const simulatedDevices = async (db: Db, kind: DeviceKind): Promise<DeviceRow[]> =>
  (
    await sql<DeviceRow>`${device} where d.kind = ${kind} and d.retired is null and d.profile ->> 'simulated' = 'true' order by d.handle`.execute(
      db,
    )
  ).rows

/** Simulated devices that sign in with an account, and what they are said to measure. */
export const simulatedGuests = async (
  db: Db,
  protocol: 'mqtt' | 'osmand',
): Promise<{ login: string; areaCode: string | null; measures: string | null }[]> =>
  (
    await sql<{
      login: string
      areaCode: string | null
      measures: string | null
    }>`select a.login, d.area_code as "areaCode",
        d.profile ->> 'measures' as measures
      from sensing.device d join sensing.account a on a.device_id = d.id
      where d.protocol = ${protocol} and d.retired is null and d.profile ->> 'simulated' = 'true' and a.issued_by = 'simulator'
      order by d.handle`.execute(db)
  ).rows

export const deviceById = async (db: Db, id: string): Promise<DeviceRow | undefined> =>
  (await sql<DeviceRow>`${device} where d.id = ${id}`.execute(db)).rows[0]

export interface NewDevice {
  id: string
  kind: DeviceKind
  protocol: Protocol
  address: string
  nameZh: string
  nameEn: string
  label: string | null
  unitId: string | null
  areaCode: string | null
  lon: number | null
  lat: number | null
  nightPermit: boolean | null
  profile: Record<string, unknown>
  description?: string | null
  /** Where it stands as that was delivered. */
  delivered?: { crs: string; x: number; y: number } | null
}
/** False when another device has this address. */
export async function addDeviceRow(db: Db, d: NewDevice): Promise<boolean> {
  const { rows } =
    await sql`insert into sensing.device (id, kind, protocol, address, name_zh, name_en, label, unit_id, area_code, lon, lat,
      night_permit, profile, description, delivered)
    values (${d.id}, ${d.kind}, ${d.protocol}, ${d.address}, ${d.nameZh}, ${d.nameEn}, ${d.label}, ${d.unitId}, ${d.areaCode}, ${d.lon},
      ${d.lat}, ${d.nightPermit}, ${JSON.stringify(d.profile)}, ${d.description ?? ''}, ${d.delivered ? JSON.stringify(d.delivered) : null}::jsonb)
    on conflict (protocol, address) do nothing returning id`.execute(db)
  return rows.length > 0
}

/** A device that stays where it is listed keeps its id and handle; what is said about it is renewed. */
export async function putDeviceRow(db: Db, d: NewDevice): Promise<void> {
  await sql`insert into sensing.device (id, kind, protocol, address, name_zh, name_en, label, unit_id, area_code, lon, lat, night_permit, profile)
    values (${d.id}, ${d.kind}, ${d.protocol}, ${d.address}, ${d.nameZh}, ${d.nameEn}, ${d.label}, ${d.unitId}, ${d.areaCode}, ${d.lon},
      ${d.lat}, ${d.nightPermit}, ${JSON.stringify(d.profile)})
    on conflict (protocol, address) do update set kind = excluded.kind, name_zh = excluded.name_zh, name_en = excluded.name_en,
      label = excluded.label, unit_id = excluded.unit_id, area_code = excluded.area_code, lon = excluded.lon, lat = excluded.lat,
      night_permit = excluded.night_permit, profile = excluded.profile, xid = pg_current_xact_id()`.execute(db)
}

/** A device as a gateway knows it. */
export interface KnownDevice {
  id: string
  handle: number
  kind: DeviceKind
  protocol: Protocol
  address: string
  profile: Record<string, unknown>
  /** It may no longer speak. */
  retired: boolean
  /** The name and the hash of the token by which it signs in, where its protocol knows such. */
  login: string | null
  tokenHash: string | null
}
/** Devices that changed since the mark (all, when there is none), and the mark for the next time. */
export async function devicesSince(db: Db, mark: string | null): Promise<{ mark: string; devices: KnownDevice[] }> {
  // The mark is taken first: what commits while we read has it or a higher one, and comes the next time.
  const next = await markNow(db)
  const { rows } =
    await sql<KnownDevice>`select id, kind, protocol, address, profile, handle, retired is not null as retired, a.login, a.token_hash as "tokenHash"
      from sensing.device left join sensing.account a on a.device_id = id
    where ${mark}::text is null or xid >= ${mark ?? '0'}::xid8`.execute(db)
  return { mark: next, devices: rows }
}

/** Devices whose state is not `online` as far as it was last announced; those never heard are among them. */
export const notOnline = async (db: Db, ids: readonly string[]): Promise<ScopedDevice[]> =>
  (
    await sql<ScopedDevice>`select d.id, d.area_code as "areaCode", d.unit_id as "unitId"
      from sensing.device d left join sensing.device_state s on s.device_id = d.id
      where d.id = any(${ids}::uuid[]) and s.state is distinct from 'online'`.execute(db)
  ).rows

export interface ScopedDevice {
  id: string
  areaCode: string | null
  unitId: string | null
}

/** So often the time of the last word is written down, in seconds; silence is told in minutes. */
export const heardEverySeconds = 5
/** Locks the devices' rows, in the order of ids, to the end of the transaction, written or not. */
export async function saveHeard(db: Db, ids: readonly string[], at: Date): Promise<void> {
  await sql`insert into sensing.device_state (device_id, last_heard, state)
    select id, ${at}, 'online' from unnest(${ids}::uuid[]) as u (id) order by id
    on conflict (device_id) do update set last_heard = greatest(device_state.last_heard, excluded.last_heard), state = 'online'
    where device_state.state <> 'online'
      or device_state.last_heard < excluded.last_heard - make_interval(secs => ${heardEverySeconds})`.execute(db)
}

/** Marks devices of a kind silent that were not heard since then, and gives them. */
export const markSilent = async (db: Db, kind: DeviceKind, since: Date): Promise<ScopedDevice[]> =>
  (
    await sql<ScopedDevice>`update sensing.device_state s set state = 'silent' from sensing.device d
      where d.id = s.device_id and d.kind = ${kind} and s.state = 'online' and s.last_heard < ${since}
      returning d.id, d.area_code as "areaCode", d.unit_id as "unitId"`.execute(db)
  ).rows

/** A key that all gateways share; made by whoever asks first. */
export async function sharedSecret(db: Db, name: string, fresh: Buffer): Promise<Buffer> {
  await sql`insert into sensing.secret (name, value) values (${name}, ${fresh}) on conflict do nothing`.execute(db)
  const { rows } = await sql<{ value: Buffer }>`select value from sensing.secret where name = ${name}`.execute(db)
  return rows[0]?.value ?? fresh
}
