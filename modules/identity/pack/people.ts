import { sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import { newId } from '@pentad/platform/id'
import { covered, filesOf, noChanges, part, rowsIn, type TableSpec } from '@pentad/platform/pack'

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
      .filter((p) => p.fromPack && !p.disabled && p.areas.every((area) => covered(covers, area)))
      .map((p) => p.id)
    await sql`update identity.person set disabled = true where id = any(${gone}::uuid[])`.execute(db)
    await sql`delete from identity.session where person_id = any(${gone}::uuid[])`.execute(db)
    return { ...changes, added: fresh.length, retired: gone.length }
  },
})
