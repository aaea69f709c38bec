import { type Db, sql } from '@pentad/platform/db'
import type { ClassKind, Exactness, Kind } from '../model/index.ts'

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

/** A class by its whole key: of any scheme and version, ended ones too. */
export const classBy = async (
  db: Db,
  { scheme, version, kind, code }: { scheme: string; version: string; kind: ClassKind; code: string },
): Promise<AnyClassRow | undefined> =>
  (
    await sql<AnyClassRow>`select ${anyColumns} from rulebook.class
      where scheme = ${scheme} and version = ${version} and kind = ${kind} and code = ${code}`.execute(db)
  ).rows[0]

export interface AnyClassRow extends Omit<ClassRow, 'kind'> {
  kind: ClassKind
  endedAt: Date | null
}
const anyColumns = sql`${classColumns}, ended_at as "endedAt"`

export const classesOf = async (
  db: Db,
  scheme: string,
  version: string,
): Promise<(AnyClassRow & { standards: number })[]> =>
  (
    await sql<AnyClassRow & { standards: number }>`select ${anyColumns},
        (select count(*)::int from rulebook.standard s where s.scheme = c.scheme and s.version = c.version and s.kind = c.kind
          and s.code = c.code and s.until is null) as standards
      from rulebook.class c where scheme = ${scheme} and version = ${version} order by kind desc, code`.execute(db)
  ).rows

export interface SchemeListed {
  scheme: string
  version: string
  nameZh: string
  nameEn: string
  publisher: string
  validFrom: string | null
  validTo: string | null
  inForce: boolean
  classes: number
}
export const schemesListed = async (db: Db): Promise<SchemeListed[]> =>
  (
    await sql<SchemeListed>`select s.id as scheme, s.version, s.name_zh as "nameZh", s.name_en as "nameEn", s.publisher,
        s.valid_from as "validFrom", s.valid_to as "validTo", s.in_force as "inForce",
        (select count(*)::int from rulebook.class c where c.scheme = s.id and c.version = s.version and c.ended_at is null
          and (c.parent_code is not null or c.kind not in ('component', 'event'))) as classes
      from rulebook.scheme s order by s.in_force desc, s.id, s.version`.execute(db)
  ).rows

export interface MappedClass {
  /** The class on the other side. */
  class: AnyClassRow
  schemeNameZh: string
  schemeNameEn: string
  exactness: Exactness
  /** True where the row of the table runs from the other class to this one. */
  reversed: boolean
}
/** Classes of other lists that a class is mapped to, in either direction. */
export const mappingsOf = async (
  db: Db,
  { scheme, version, kind, code }: Pick<AnyClassRow, 'scheme' | 'version' | 'kind' | 'code'>,
): Promise<MappedClass[]> =>
  (
    await sql<
      Omit<MappedClass, 'class'> & AnyClassRow
    >`select c.scheme, c.version, c.kind, c.code, c.parent_code as "parentCode", c.name_zh as "nameZh", c.name_en as "nameEn", c.words,
        c.extension, c.ended_at as "endedAt", f.name_zh as "schemeNameZh", f.name_en as "schemeNameEn", m.exactness, m.reversed
      from (
        select to_scheme as scheme, to_version as version, to_kind as kind, to_code as code, exactness, false as reversed
        from rulebook.mapping where until is null and from_scheme = ${scheme} and from_version = ${version} and from_kind = ${kind} and from_code = ${code}
        union all
        select from_scheme, from_version, from_kind, from_code, exactness, true
        from rulebook.mapping where until is null and to_scheme = ${scheme} and to_version = ${version} and to_kind = ${kind} and to_code = ${code}) m
      join rulebook.class c using (scheme, version, kind, code)
      join rulebook.scheme f on f.id = c.scheme and f.version = c.version
      order by c.scheme, c.version, c.kind, c.code`.execute(db)
  ).rows.map(({ schemeNameZh, schemeNameEn, exactness, reversed, ...of }) => ({
    class: of,
    schemeNameZh,
    schemeNameEn,
    exactness,
    reversed,
  }))

/** What a class was called before corrections within its version, newest first. */
export const pastOf = async (
  db: Db,
  { scheme, version, kind, code }: Pick<AnyClassRow, 'scheme' | 'version' | 'kind' | 'code'>,
): Promise<{ nameZh: string; nameEn: string; words: string[]; until: Date }[]> =>
  (
    await sql<{
      nameZh: string
      nameEn: string
      words: string[]
      until: Date
    }>`select name_zh as "nameZh", name_en as "nameEn", words, until
      from rulebook.class_past where scheme = ${scheme} and version = ${version} and kind = ${kind} and code = ${code}
      order by id desc limit 20`.execute(db)
  ).rows

export const setWords = async (
  db: Db,
  { scheme, version, kind, code }: Pick<AnyClassRow, 'scheme' | 'version' | 'kind' | 'code'>,
  words: readonly string[],
): Promise<void> => {
  await sql`update rulebook.class set words = ${words}::text[]
    where scheme = ${scheme} and version = ${version} and kind = ${kind} and code = ${code}`.execute(db)
}
