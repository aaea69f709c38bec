import { type Db, sql } from '@pentad/platform/db'
import type { Kind, LimitUnit } from '../model/index.ts'

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
  /** Photos and measures to bring along. */
  evidence: string[]
  /** `law#article`, or citations in words. */
  laws: string[]
  collectionZh: string
  collectionEn: string
  /** Who answers, in the words of the city's own table. */
  unitZh: string
  unitEn: string
}
const standardColumns = sql`id, scheme, version, kind, code, seq, filing_zh as "filingZh", filing_en as "filingEn",
  closing_zh as "closingZh", closing_en as "closingEn", limit_value as "limitValue", limit_unit as "limitUnit", evidence, laws,
  collection_zh as "collectionZh", collection_en as "collectionEn", unit_zh as "unitZh", unit_en as "unitEn"`

/** The standards that stand: of the scheme in force, or of one that is named. */
export const standardsOf = async (
  db: Db,
  kind: Kind,
  code: string,
  of?: { scheme: string; version: string },
): Promise<StandardRow[]> =>
  (
    await sql<StandardRow>`select ${standardColumns} from rulebook.standard s
      where kind = ${kind} and code = ${code} and until is null
        and ${of ? sql`s.scheme = ${of.scheme} and s.version = ${of.version}` : sql`exists (select from rulebook.scheme f where f.id = s.scheme and f.version = s.version and f.in_force)`}
      order by seq`.execute(db)
  ).rows

/** All standards that stand in a scheme. */
export const standardsOfScheme = async (db: Db, scheme: string, version: string): Promise<StandardRow[]> =>
  (
    await sql<StandardRow>`select ${standardColumns} from rulebook.standard
      where scheme = ${scheme} and version = ${version} and until is null order by kind desc, code, seq`.execute(db)
  ).rows

/** By id, also one that no longer stands: old cases bear it. */
export const standardById = async (db: Db, id: string): Promise<StandardRow | undefined> =>
  (await sql<StandardRow>`select ${standardColumns} from rulebook.standard where id = ${id}`.execute(db)).rows[0]

/** Says of itself what it is: `scheme:version:event:0110:1`; its later wordings add `@2`, `@3` … */
export const standardId = (scheme: string, version: string, s: { kind: Kind; code: string; seq: number }): string =>
  [scheme, version, s.kind, s.code, s.seq].join(':')
