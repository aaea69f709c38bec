import { type Db, prepared, sql } from '@pentad/platform/db'
import type { Role } from './model.ts'

export interface MembershipRow {
  id: string
  personId: string
  unitId: string
  unitZh: string
  unitEn: string
  role: Role
  areas: string[]
  validFrom: string
  validTo: string | null
  /** That unit and all below it. */
  units: string[]
}

export interface PersonRow {
  id: string
  login: string
  nameZh: string
  nameEn: string
  phone: string | null
  password: string
  passwordTemporary: boolean
  totpSecret: string | null
  totpConfirmed: Date | null
  totpLastStep: number | null
  failures: number
  lockedUntil: Date | null
  disabled: boolean
}

const personColumns = sql`p.id, p.login, p.name_zh as "nameZh", p.name_en as "nameEn", p.phone, p.password, p.password_temporary as "passwordTemporary",
  p.totp_secret as "totpSecret", p.totp_confirmed as "totpConfirmed", p.totp_last_step as "totpLastStep", p.failures,
  p.locked_until as "lockedUntil", p.disabled`

/** The person, locked: two sign-ins at once must not both be the fifth failure. */
export const lockPersonByLogin = async (db: Db, login: string): Promise<PersonRow | undefined> =>
  (await sql<PersonRow>`select ${personColumns} from identity.person p where login = ${login} for update`.execute(db))
    .rows[0]

export const personByLogin = async (db: Db, login: string): Promise<PersonRow | undefined> =>
  (await sql<PersonRow>`select ${personColumns} from identity.person p where login = ${login}`.execute(db)).rows[0]

export const lockPerson = async (db: Db, id: string): Promise<PersonRow | undefined> =>
  (await sql<PersonRow>`select ${personColumns} from identity.person p where id = ${id} for update`.execute(db)).rows[0]

export const peopleLike = async (db: Db, words: string, most = 500): Promise<PersonRow[]> =>
  (
    await sql<PersonRow>`select ${personColumns} from identity.person p
      where p.login like ${`%${words}%`} or p.name_zh like ${`%${words}%`} or p.name_en ilike ${`%${words}%`} order by p.login limit ${most}`.execute(
      db,
    )
  ).rows

/** Posts in force on a legal day, or all when no day is given. */
export const membershipsOf = async (db: Db, personIds: readonly string[], day?: string): Promise<MembershipRow[]> =>
  (
    await sql<MembershipRow>`
      select m.id, m.person_id as "personId", m.unit_id as "unitId", u.name_zh as "unitZh", u.name_en as "unitEn", m.role,
        m.area_codes as areas, m.valid_from as "validFrom", m.valid_to as "validTo",
        (with recursive below as (
          select id from identity.unit where id = m.unit_id
          union all select c.id from identity.unit c join below b on c.parent_id = b.id)
         select array_agg(id) from below) as units
      from identity.membership m join identity.unit u on u.id = m.unit_id
      where m.person_id = any(${personIds}::uuid[])
        and (${day ?? null}::date is null or (m.valid_from <= ${day ?? null}::date and (m.valid_to is null or m.valid_to >= ${day ?? null}::date)))
      order by m.valid_from, m.id`.execute(db)
  ).rows

export async function addPersonRow(
  db: Db,
  p: Pick<PersonRow, 'id' | 'login' | 'nameZh' | 'nameEn' | 'phone' | 'password'>,
): Promise<void> {
  await sql`insert into identity.person (id, login, name_zh, name_en, phone, password)
    values (${p.id}, ${p.login}, ${p.nameZh}, ${p.nameEn}, ${p.phone}, ${p.password})`.execute(db)
}

/** A temporary one must be changed before anything else. */
export async function setPassword(db: Db, id: string, password: string, temporary = false): Promise<void> {
  await sql`update identity.person set password = ${password}, password_temporary = ${temporary} where id = ${id}`.execute(
    db,
  )
}

/** For a demo, where everybody shares one. */
export async function setAllPasswords(db: Db, password: string): Promise<void> {
  await sql`update identity.person set password = ${password}, password_temporary = false, failures = 0, locked_until = null`.execute(
    db,
  )
}

export async function setFailures(db: Db, id: string, failures: number, lockedUntil: Date | null): Promise<void> {
  await sql`update identity.person set failures = ${failures}, locked_until = ${lockedUntil} where id = ${id}`.execute(
    db,
  )
}

export async function setSecondFactor(
  db: Db,
  id: string,
  secret: string | null,
  confirmed: Date | null,
): Promise<void> {
  await sql`update identity.person set totp_secret = ${secret}, totp_confirmed = ${confirmed}, totp_last_step = null where id = ${id}`.execute(
    db,
  )
}

export async function setLastStep(db: Db, id: string, step: number): Promise<void> {
  await sql`update identity.person set totp_last_step = ${step} where id = ${id}`.execute(db)
}

export interface NewMembership {
  id: string
  personId: string
  unitId: string
  role: Role
  areas: readonly string[]
  validFrom: string
  validTo: string | null
}
export async function addMembershipRow(db: Db, m: NewMembership): Promise<void> {
  await sql`insert into identity.membership (id, person_id, unit_id, role, area_codes, valid_from, valid_to)
    values (${m.id}, ${m.personId}, ${m.unitId}, ${m.role}, ${m.areas}, ${m.validFrom}, ${m.validTo})`.execute(db)
}

/** False when there is no such post. */
export async function setMembershipEnd(db: Db, id: string, validTo: string): Promise<boolean> {
  const { numAffectedRows } = await sql`update identity.membership set valid_to = ${validTo} where id = ${id}`.execute(
    db,
  )
  return (numAffectedRows ?? 0n) > 0n
}

export async function addSession(
  db: Db,
  s: { tokenHash: string; personId: string; at: Date; ends: Date; address: string },
): Promise<void> {
  await sql`insert into identity.session (token_hash, person_id, created, last_used, ends, address)
    values (${s.tokenHash}, ${s.personId}, ${s.at}, ${s.at}, ${s.ends}, ${s.address})`.execute(db)
}

export async function endSession(db: Db, tokenHash: string): Promise<void> {
  await sql`delete from identity.session where token_hash = ${tokenHash}`.execute(db)
}

export async function endSessions(db: Db, personId: string, exceptHash: string | null = null): Promise<void> {
  await sql`delete from identity.session where person_id = ${personId} and token_hash is distinct from ${exceptHash}`.execute(
    db,
  )
}

export interface SessionRow extends Pick<PersonRow, 'login' | 'nameZh' | 'totpConfirmed' | 'passwordTemporary'> {
  tokenHash: string
  personId: string
  lastUsed: Date
  memberships: Pick<MembershipRow, 'unitId' | 'role' | 'areas' | 'units'>[]
}

/** Sessions in force with their people's posts, in one question for all who ask at once: it is asked at every request. */
export const sessionsByHash = async (
  db: Db,
  tokenHashes: readonly string[],
  now: Date,
  idleSince: Date,
  day: string,
): Promise<SessionRow[]> =>
  (
    await sql<SessionRow>`${prepared}
      select s.token_hash as "tokenHash", p.id as "personId", p.login, p.name_zh as "nameZh", p.totp_confirmed as "totpConfirmed", p.password_temporary as "passwordTemporary", s.last_used as "lastUsed",
        coalesce((select json_agg(json_build_object('unitId', m.unit_id, 'role', m.role, 'areas', m.area_codes, 'units',
          (with recursive below as (
            select id from identity.unit where id = m.unit_id
            union all select c.id from identity.unit c join below b on c.parent_id = b.id)
           select array_agg(id) from below)))
          from identity.membership m
          where m.person_id = p.id and m.valid_from <= ${day}::date and (m.valid_to is null or m.valid_to >= ${day}::date)), '[]') as memberships
      from identity.session s join identity.person p on p.id = s.person_id
      where s.token_hash = any(${tokenHashes}::text[]) and s.ends > ${now} and s.last_used > ${idleSince} and not p.disabled`.execute(
      db,
    )
  ).rows

export async function touchSession(db: Db, tokenHash: string, now: Date): Promise<void> {
  await sql`update identity.session set last_used = ${now} where token_hash = ${tokenHash}`.execute(db)
}

export interface AuditEntry {
  actorId: string | null
  act: string
  about?: string | null
  result: 'done' | 'refused'
  address?: string | null
  detail?: Record<string, unknown>
}
export async function addAudit(db: Db, e: AuditEntry): Promise<void> {
  await sql`insert into identity.audit (actor_id, act, about, result, address, detail)
    values (${e.actorId}, ${e.act}, ${e.about ?? null}, ${e.result}, ${e.address ?? null}, ${JSON.stringify(e.detail ?? {})})`.execute(
    db,
  )
}

export interface AuditRow {
  seq: number
  at: Date
  actor: string | null
  act: string
  about: string | null
  result: 'done' | 'refused'
  detail: Record<string, unknown>
}
export const auditBefore = async (db: Db, before: number | null, act: string | null): Promise<AuditRow[]> =>
  (
    await sql<AuditRow>`
      select a.seq, a.at, coalesce(p.login, a.actor_id) as actor, a.act, a.about, a.result, a.detail
      from identity.audit a left join identity.person p on p.id::text = a.actor_id
      where (${before}::bigint is null or a.seq < ${before}) and (${act}::text is null or a.act = ${act})
      order by a.seq desc limit 100`.execute(db)
  ).rows

export interface UnitRow {
  id: string
  parentId: string | null
  nameZh: string
  nameEn: string
  kind: string
  axis: 'supervision' | 'command' | 'disposal' | 'none'
  areaCode: string
}
export const allUnits = async (db: Db): Promise<UnitRow[]> =>
  (
    await sql<UnitRow>`select id, parent_id as "parentId", name_zh as "nameZh", name_en as "nameEn", kind, axis, area_code as "areaCode"
      from identity.unit order by id`.execute(db)
  ).rows

export async function putUnit(db: Db, u: UnitRow): Promise<void> {
  await sql`insert into identity.unit (id, parent_id, name_zh, name_en, kind, axis, area_code)
    values (${u.id}, ${u.parentId}, ${u.nameZh}, ${u.nameEn}, ${u.kind}, ${u.axis}, ${u.areaCode})
    on conflict (id) do update set parent_id = excluded.parent_id, name_zh = excluded.name_zh, name_en = excluded.name_en,
      kind = excluded.kind, axis = excluded.axis, area_code = excluded.area_code`.execute(db)
}
