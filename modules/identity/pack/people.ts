import { sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import { newId } from '@pentad/platform/id'
import {
  covered,
  coversOf,
  filesOf,
  noChanges,
  type PackReading,
  part,
  rowsIn,
  type TableSpec,
} from '@pentad/platform/pack'

const columns = {
  login: {},
  name_zh: {},
  name_en: { optional: true },
  note_zh: { optional: true },
  note_en: { optional: true },
  phone: { optional: true },
  cast: { optional: true },
} as const satisfies TableSpec

export interface PackPerson {
  login: string
  nameZh: string
  nameEn: string
  phone: string | null
}

/** No password begins so: nobody signs in before one has been set (`./pentad user password NAME`, or the people page). */
export const noPassword = '!'

export const peoplePart = part<PackPerson[]>({
  name: 'people',
  files: ['organisation/people.csv'],
  read: async (reading) => {
    const people = new Map<string, PackPerson & { line: number }>()
    const elsewhere = await peopleElsewhere(reading)
    for (const file of filesOf(reading.source, peoplePart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const person = {
          line: row.line,
          login: row.matching('login', /^[a-z0-9][a-z0-9._-]{0,62}$/, 'pack/login'),
          nameZh: row.text('name_zh'),
          nameEn: row.optional('name_en') ?? row.text('name_zh'),
          phone: row.optional('phone'),
        }
        const first = people.get(person.login)
        if (first) row.fault('pack/twice', { what: person.login, first: first.line })
        const theirs = elsewhere.get(person.login)
        if (theirs !== undefined && theirs !== person.nameZh)
          row.fault('pack/login-taken', { login: person.login, name: theirs })
        if (row.good()) people.set(person.login, person)
      }
    }
    return [...people.values()]
  },
  async lay({ db, covers }, people) {
    const changes = noChanges()
    type Known = PackPerson & { id: string; fromPack: boolean; disabled: boolean; areas: string[] }
    const { rows } =
      await sql<Known>`select id, login, name_zh as "nameZh", name_en as "nameEn", phone, from_pack as "fromPack", disabled,
        array(select u.area_code from identity.membership m join identity.unit u on u.id = m.unit_id where m.person_id = p.id) as areas
      from identity.person p`.execute(db)
    const before = new Map(rows.map((p) => [p.login, p]))
    const fresh: PackPerson[] = []
    for (const p of people) {
      const old = before.get(p.login)
      before.delete(p.login)
      if (!old) fresh.push(p)
      else if (!old.disabled && old.nameZh === p.nameZh && old.nameEn === p.nameEn && old.phone === p.phone)
        changes.same++
      else {
        changes.changed++
        await sql`update identity.person set name_zh = ${p.nameZh}, name_en = ${p.nameEn}, phone = ${p.phone}, from_pack = true, disabled = false
          where id = ${old.id}`.execute(db)
      }
    }
    await insertRows(
      db,
      'identity.person',
      {
        id: 'uuid',
        login: 'text',
        name_zh: 'text',
        name_en: 'text',
        phone: 'text',
        password: 'text',
        from_pack: 'boolean',
      },
      fresh.map((p) => ({
        id: newId(),
        login: p.login,
        name_zh: p.nameZh,
        name_en: p.nameEn,
        phone: p.phone,
        password: noPassword,
        from_pack: true,
      })),
    )
    const gone = [...before.values()]
      // Who has no post anywhere belongs to the whole city.
      .filter((p) => p.fromPack && !p.disabled && (p.areas.length ? p.areas : ['']).every((a) => covered(covers, a)))
      .map((p) => p.id)
    await sql`update identity.person set disabled = true where id = any(${gone}::uuid[])`.execute(db)
    await sql`delete from identity.session where person_id = any(${gone}::uuid[])`.execute(db)
    return { ...changes, added: fresh.length, retired: gone.length }
  },
})

/** The logins that other parts may name: the pack's own people, and those of the city that it leans on; undefined where none are known. */
export async function loginsOf(reading: PackReading): Promise<ReadonlySet<string> | undefined> {
  const own = reading.of(peoplePart)
  if (!own && !reading.db) return undefined
  const there = reading.db
    ? (await sql<{ login: string }>`select login from identity.person where not disabled`.execute(reading.db)).rows
    : []
  return new Set([...(own ?? []), ...there].map((p) => p.login))
}

/** Names by login of those who have a post outside of what the pack speaks for: a pack of one district renames nobody there. */
async function peopleElsewhere(reading: PackReading): Promise<ReadonlyMap<string, string>> {
  const covers = coversOf(reading)
  if (!reading.db || covered(covers, '')) return new Map()
  const { rows } = await sql<{ login: string; name: string; area: string }>`
    select p.login, p.name_zh as name, u.area_code as area
    from identity.person p join identity.membership m on m.person_id = p.id join identity.unit u on u.id = m.unit_id`.execute(
    reading.db,
  )
  return new Map(rows.filter((r) => !covered(covers, r.area)).map((r) => [r.login, r.name]))
}
