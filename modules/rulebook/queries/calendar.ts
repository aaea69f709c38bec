import { type Db, sql } from '@pentad/platform/db'
import type { LegalDay } from '@pentad/platform/time'
import type { Kind, Period, WorkCalendar } from '../model/index.ts'

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

/** A duty that names no scheme holds for all of them. */
export const dutiesFor = async (
  db: Db,
  kind: Kind,
  code: string,
  of?: { scheme: string; version: string },
): Promise<{ codePrefix: string; unitRule: string }[]> =>
  (
    await sql<{
      codePrefix: string
      unitRule: string
    }>`select code_prefix as "codePrefix", unit_rule as "unitRule" from rulebook.duty d
      where kind = ${kind} and starts_with(${code}, code_prefix) and until is null and (scheme = '' or ${
        of
          ? sql`(scheme = ${of.scheme} and version in ('', ${of.version}))`
          : sql`exists (select from rulebook.scheme f where f.id = d.scheme and d.version in ('', f.version) and f.in_force)`
      })
      order by scheme = '', length(code_prefix) desc, unit_rule`.execute(db)
  ).rows

export interface DutyListed {
  scheme: string
  version: string
  kind: Kind
  codePrefix: string
  unitRule: string
}
export const dutiesListed = async (db: Db): Promise<DutyListed[]> =>
  (
    await sql<DutyListed>`select scheme, version, kind, code_prefix as "codePrefix", unit_rule as "unitRule" from rulebook.duty
      where until is null order by kind desc, code_prefix, unit_rule`.execute(db)
  ).rows

export const calendarInForce = async (
  db: Db,
): Promise<
  { version: string; seasons: CalendarRow['seasons']; holidays: LegalDay[]; shifted: LegalDay[] } | undefined
> =>
  (
    await sql<CalendarRow>`select version, seasons, holidays::text[] as holidays, shifted_workdays::text[] as shifted
      from rulebook.calendar where in_force`.execute(db)
  ).rows[0]
