import { sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import { newId } from '@pentad/platform/id'
import { covered, filesOf, noChanges, part, rowsIn, type TableSpec } from '@pentad/platform/pack'
import { legalDayOf } from '@pentad/platform/time'
import { type Role, roles } from '../model.ts'
import { peopleLike } from '../queries.ts'
import { peoplePart } from './people.ts'
import { unitIdsOf } from './units.ts'

const columns = {
  login: {},
  unit_id: {},
  role: {},
  area_codes: { optional: true },
  valid_from: {},
  valid_to: { optional: true },
} as const satisfies TableSpec

export interface PackMembership {
  login: string
  unitId: string
  role: Role
  areas: string[]
  validFrom: string
  validTo: string | null
}
/** What makes two posts the same one; its areas and its end may change. */
const keyOf = (m: Pick<PackMembership, 'login' | 'unitId' | 'role' | 'validFrom'>): string =>
  [m.login, m.unitId, m.role, m.validFrom].join(' ')

export const membershipsPart = part<PackMembership[]>({
  name: 'memberships',
  files: ['organisation/memberships.csv'],
  read: async (reading) => {
    const logins = new Set([
      ...(reading.of(peoplePart) ?? []).map((p) => p.login),
      ...(reading.db ? (await peopleLike(reading.db, '', 1_000_000)).map((p) => p.login) : []),
    ])
    const units = (await unitIdsOf(reading)) ?? new Set()
    const posts = new Map<string, PackMembership & { line: number }>()
    for (const file of filesOf(reading.source, membershipsPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const post = {
          line: row.line,
          login: row.text('login'),
          unitId: row.text('unit_id'),
          role: row.oneOf('role', roles),
          areas: row.list('area_codes'),
          validFrom: row.day('valid_from'),
          validTo: row.optional('valid_to') === null ? null : row.day('valid_to'),
        }
        if (!logins.has(post.login)) row.fault('pack/unknown-login', { login: post.login })
        if (!units.has(post.unitId)) row.fault('pack/unknown-unit', { unit: post.unitId })
        for (const area of post.areas) if (!/^(\d{2,15})?$/.test(area)) row.fault('pack/area-prefix', { area })
        if (post.validTo !== null && post.validTo < post.validFrom)
          row.fault('pack/ends-before-it-begins', { from: post.validFrom, to: post.validTo })
        const first = posts.get(keyOf(post))
        if (first) row.fault('pack/twice', { what: `${post.login} ${post.role}`, first: first.line })
        if (row.good()) posts.set(keyOf(post), post)
      }
    }
    return [...posts.values()]
  },
  async lay({ db, now, covers }, posts) {
    const changes = noChanges()
    type Known = PackMembership & { id: string; fromPack: boolean; areaCode: string }
    const { rows } =
      await sql<Known>`select m.id, p.login, m.unit_id as "unitId", m.role, m.area_codes as areas, m.valid_from::text as "validFrom",
        m.valid_to::text as "validTo", m.from_pack as "fromPack", u.area_code as "areaCode"
      from identity.membership m join identity.person p on p.id = m.person_id join identity.unit u on u.id = m.unit_id`.execute(
        db,
      )
    const before = new Map(rows.map((m) => [keyOf(m), m]))
    const ids = new Map(
      (await sql<{ login: string; id: string }>`select login, id from identity.person`.execute(db)).rows.map((p) => [
        p.login,
        p.id,
      ]),
    )
    const fresh: PackMembership[] = []
    for (const post of posts) {
      const old = before.get(keyOf(post))
      before.delete(keyOf(post))
      if (!old) fresh.push(post)
      else if (old.validTo === post.validTo && old.areas.join() === post.areas.join()) changes.same++
      else {
        changes.changed++
        await sql`update identity.membership set area_codes = ${post.areas}, valid_to = ${post.validTo}, from_pack = true where id = ${old.id}`.execute(
          db,
        )
      }
    }
    await insertRows(
      db,
      'identity.membership',
      {
        id: 'uuid',
        person_id: 'uuid',
        unit_id: 'text',
        role: 'text',
        area_codes: 'text[]',
        valid_from: 'date',
        valid_to: 'date',
        from_pack: 'boolean',
      },
      fresh.map((m) => ({
        id: newId(),
        person_id: ids.get(m.login),
        unit_id: m.unitId,
        role: m.role,
        area_codes: m.areas,
        valid_from: m.validFrom,
        valid_to: m.validTo,
        from_pack: true,
      })),
    )
    const today = legalDayOf(now)
    const gone = [...before.values()]
      .filter((m) => m.fromPack && covered(covers, m.areaCode) && (m.validTo === null || m.validTo >= today))
      .map((m) => m.id)
    // Yesterday was its last day; one that would have begun today or later ends on its first.
    await sql`update identity.membership set valid_to = greatest(valid_from, ${today}::date - 1) where id = any(${gone}::uuid[])`.execute(
      db,
    )
    return { ...changes, added: fresh.length, retired: gone.length }
  },
})
