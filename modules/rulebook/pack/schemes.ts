/** `rulebook/schemes.csv`: the class schemes of a city, each in its versions; one of them is in force for filing. */
import { sql } from '@pentad/platform/db'
import { type Changes, filesOf, noChanges, part, rowsIn } from '@pentad/platform/pack'
import type { Laying } from './laying.ts'
import { onlyOnce } from './said.ts'

export interface SchemeRow {
  id: string
  version: string
  nameZh: string
  nameEn: string
  publisher: string
  validFrom: string | null
  validTo: string | null
  inForce: boolean
}
export const schemeName = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u

const columns = {
  id: {},
  version: {},
  name_zh: {},
  name_en: { optional: true },
  publisher: { optional: true },
  valid_from: { optional: true },
  valid_to: { optional: true },
  in_force: {},
}

export const schemesPart = part<SchemeRow[]>({
  name: 'schemes',
  wholeCity: true,
  files: ['rulebook/schemes.csv'],
  read: async (reading) => {
    const schemes: SchemeRow[] = []
    for (const file of filesOf(reading.source, schemesPart)) {
      const once = onlyOnce()
      const inForce: string[] = []
      for await (const row of rowsIn(reading, file, columns)) {
        const id = row.matching('id', schemeName, 'pack/not-a-scheme-name')
        const version = row.matching('version', schemeName, 'pack/not-a-scheme-name')
        const nameZh = row.text('name_zh')
        const scheme: SchemeRow = {
          id,
          version,
          nameZh,
          nameEn: row.optional('name_en') ?? nameZh,
          publisher: row.optional('publisher') ?? '',
          validFrom: row.optional('valid_from') === null ? null : row.day('valid_from'),
          validTo: row.optional('valid_to') === null ? null : row.day('valid_to'),
          inForce: row.oneOf('in_force', ['yes', 'no'] as const) === 'yes',
        }
        if (scheme.validFrom && scheme.validTo && scheme.validFrom > scheme.validTo)
          row.fault('pack/days-turned', { from: scheme.validFrom, to: scheme.validTo })
        once(row, `${id} ${version}`)
        if (scheme.inForce) inForce.push(`${id} ${version}`)
        schemes.push(scheme)
      }
      if (schemes.length > 0 && inForce.length !== 1)
        reading.fault(file, null, 'pack/one-scheme-in-force', { found: inForce.length })
    }
    return schemes
  },
  lay: (laying, rows) => laySchemes(laying, rows),
})

/** A scheme that the rows no longer name ends; nothing of it goes, for old cases bear its classes. */
export async function laySchemes({ db, now }: Laying, wanted: readonly SchemeRow[]): Promise<Changes> {
  const standing = (
    await sql<SchemeRow>`select id, version, name_zh as "nameZh", name_en as "nameEn", publisher, valid_from as "validFrom",
      valid_to as "validTo", in_force as "inForce" from rulebook.scheme`.execute(db)
  ).rows
  const changes = noChanges()
  const keyOf = (s: Pick<SchemeRow, 'id' | 'version'>): string => `${s.id} ${s.version}`
  const before = new Map(standing.map((s) => [keyOf(s), s]))
  const said = (s: SchemeRow): string =>
    JSON.stringify([s.nameZh, s.nameEn, s.publisher, s.validFrom, s.validTo, s.inForce])
  // One at a time may be in force: whichever was, gives way first.
  const inForce = wanted.find((s) => s.inForce)
  if (inForce)
    await sql`update rulebook.scheme set in_force = false where in_force and not (id = ${inForce.id} and version = ${inForce.version})`.execute(
      db,
    )
  for (const s of wanted) {
    const old = before.get(keyOf(s))
    if (old && said(old) === said(s)) {
      changes.same++
      continue
    }
    changes[old ? 'changed' : 'added']++
    await sql`insert into rulebook.scheme (id, version, name_zh, name_en, publisher, valid_from, valid_to, in_force)
      values (${s.id}, ${s.version}, ${s.nameZh}, ${s.nameEn}, ${s.publisher}, ${s.validFrom}, ${s.validTo}, ${s.inForce})
      on conflict (id, version) do update set name_zh = excluded.name_zh, name_en = excluded.name_en, publisher = excluded.publisher,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to, in_force = excluded.in_force`.execute(db)
  }
  const named = new Set(wanted.map(keyOf))
  for (const s of standing.filter((s) => !named.has(keyOf(s)) && s.validTo === null)) {
    changes.retired++
    await sql`update rulebook.scheme set valid_to = (${now}::timestamptz at time zone 'Asia/Shanghai')::date, in_force = false
      where id = ${s.id} and version = ${s.version}`.execute(db)
  }
  return changes
}
