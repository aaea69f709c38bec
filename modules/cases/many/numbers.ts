import { type Db, sql } from '@pentad/platform/db'
import { legalDayOf } from '@pentad/platform/time'

/** DB 打包, XT 协调, GZ 挂账. */
export type YearlyKind = 'DB' | 'XT' | 'GZ'

/** The next number of its kind and year, `DB2026-0001`; whoever asks at the same moment waits for the next. */
export async function nextNo(db: Db, kind: YearlyKind, now: Date): Promise<string> {
  const year = Number(legalDayOf(now).slice(0, 4))
  const { rows } = await sql<{
    last: number
  }>`insert into cases.yearly as y (kind, year, last) values (${kind}, ${year}, 1)
    on conflict (kind, year) do update set last = y.last + 1 returning last`.execute(db)
  return `${kind}${year}-${String(rows[0]?.last ?? 0).padStart(4, '0')}`
}
