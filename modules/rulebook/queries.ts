import { type Db, sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import type { LegalDay } from '@pentad/platform/time'
import type { Kind, LimitUnit, Period, WorkCalendar } from './model/index.ts'

export interface ClassRow {
  scheme: string
  version: string
  kind: Kind
  code: string
  parentCode: string | null
  nameZh: string
  nameEn: string
  words: string[]
  extension: boolean
}
const classColumns = sql`scheme, version, kind, code, parent_code as "parentCode", name_zh as "nameZh", name_en as "nameEn", words, extension`

export const classesInForce = async (db: Db): Promise<ClassRow[]> =>
  (await sql<ClassRow>`select ${classColumns} from rulebook.api_class order by kind desc, code`.execute(db)).rows

/** A minor class of the scheme in force. */
export const classInForce = async (db: Db, kind: Kind, code: string): Promise<ClassRow | undefined> =>
  (
    await sql<ClassRow>`select ${classColumns} from rulebook.api_class
      where kind = ${kind} and code = ${code} and parent_code is not null`.execute(db)
  ).rows[0]

export interface StandardRow {
  id: string
  scheme: string
  version: string
  kind: Kind
  code: string
  seq: number
  filingZh: string
  filingEn: string
  closingZh: string
  closingEn: string
  limitValue: number
  limitUnit: LimitUnit
}
const standardColumns = sql`id, scheme, version, kind, code, seq, filing_zh as "filingZh", filing_en as "filingEn",
  closing_zh as "closingZh", closing_en as "closingEn", limit_value as "limitValue", limit_unit as "limitUnit"`

export const standardsOf = async (db: Db, kind: Kind, code: string): Promise<StandardRow[]> =>
  (
    await sql<StandardRow>`select ${standardColumns} from rulebook.standard s
      where kind = ${kind} and code = ${code}
        and exists (select from rulebook.scheme f where f.id = s.scheme and f.version = s.version and f.in_force)
      order by seq`.execute(db)
  ).rows

export const standardById = async (db: Db, id: string): Promise<StandardRow | undefined> =>
  (await sql<StandardRow>`select ${standardColumns} from rulebook.standard where id = ${id}`.execute(db)).rows[0]

interface CalendarRow {
  version: string
  seasons: { from: string; to: string; periods: Period[] }[]
  holidays: LegalDay[]
  shifted: LegalDay[]
}
/** A version of a calendar never changes once cases were reckoned by it, so what was read stays right. */
const calendars = new Map<string, WorkCalendar>()

/** A calendar by version, or the one in force. */
export async function calendarBy(db: Db, version: string | null): Promise<WorkCalendar | undefined> {
  const known = version === null ? undefined : calendars.get(version)
  if (known) return known
  const row = (
    await sql<CalendarRow>`select version, seasons, holidays::text[] as holidays, shifted_workdays::text[] as shifted
      from rulebook.calendar where case when ${version}::text is null then in_force else version = ${version} end`.execute(
      db,
    )
  ).rows[0]
  if (!row) return undefined
  const calendar = {
    version: row.version,
    seasons: row.seasons,
    holidays: new Set(row.holidays),
    shiftedWorkdays: new Set(row.shifted),
  }
  calendars.set(row.version, calendar)
  return calendar
}

export const dutiesFor = async (
  db: Db,
  kind: Kind,
  code: string,
): Promise<{ codePrefix: string; unitRule: string }[]> =>
  (
    await sql<{
      codePrefix: string
      unitRule: string
    }>`select code_prefix as "codePrefix", unit_rule as "unitRule" from rulebook.duty
      where kind = ${kind} and starts_with(${code}, code_prefix) order by length(code_prefix) desc, unit_rule`.execute(
      db,
    )
  ).rows

export interface RulebookLoad {
  scheme: string
  version: string
  classes: readonly Omit<ClassRow, 'scheme' | 'version'>[]
  standards: readonly Omit<StandardRow, 'scheme' | 'version' | 'id'>[]
  calendar: WorkCalendar
  duties: readonly { kind: Kind; codePrefix: string; unitRule: string }[]
}
export async function loadRulebookRows(
  db: Db,
  { scheme, version, classes, standards, calendar, duties }: RulebookLoad,
): Promise<void> {
  await sql`insert into rulebook.scheme (id, version, in_force) values (${scheme}, ${version}, true)`.execute(db)
  await insertRows(
    db,
    'rulebook.class',
    {
      scheme: 'text',
      version: 'text',
      kind: 'text',
      code: 'text',
      parent_code: 'text',
      name_zh: 'text',
      name_en: 'text',
      words: 'text[]',
      extension: 'boolean',
    },
    classes.map((c) => ({ ...c, scheme, version, parent_code: c.parentCode, name_zh: c.nameZh, name_en: c.nameEn })),
  )
  await insertRows(
    db,
    'rulebook.standard',
    {
      id: 'text',
      scheme: 'text',
      version: 'text',
      kind: 'text',
      code: 'text',
      seq: 'int',
      filing_zh: 'text',
      filing_en: 'text',
      closing_zh: 'text',
      closing_en: 'text',
      limit_value: 'numeric',
      limit_unit: 'text',
    },
    standards.map((s) => ({
      ...s,
      id: standardId(scheme, version, s),
      scheme,
      version,
      filing_zh: s.filingZh,
      filing_en: s.filingEn,
      closing_zh: s.closingZh,
      closing_en: s.closingEn,
      limit_value: s.limitValue,
      limit_unit: s.limitUnit,
    })),
  )
  await sql`insert into rulebook.calendar (version, in_force, seasons, holidays, shifted_workdays)
    values (${calendar.version}, true, ${JSON.stringify(calendar.seasons)}, ${[...calendar.holidays]}, ${[...calendar.shiftedWorkdays]})`.execute(
    db,
  )
  await insertRows(
    db,
    'rulebook.duty',
    { kind: 'text', code_prefix: 'text', unit_rule: 'text' },
    duties.map((d) => ({ ...d, code_prefix: d.codePrefix, unit_rule: d.unitRule })),
  )
}
/** Says of itself what it is: `scheme:version:event:0110:1`. */
export const standardId = (scheme: string, version: string, s: { kind: Kind; code: string; seq: number }): string =>
  [scheme, version, s.kind, s.code, s.seq].join(':')
