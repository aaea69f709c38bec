import { type Db, type RawSql, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import { HOUR } from '@pentad/platform/time'
import type { Kind } from '@pentad/rulebook/model'
import { openOnly, seen } from '../queries/index.ts'
import { placeWordReachM, type Said, searchOf } from './model/index.ts'

export interface CandidateRow {
  id: string
  scheme: string
  schemeVersion: string
  kind: Kind
  classCode: string
  parentCode: string | null
  xM: number
  yM: number
  areaCode: string | null
  reportedAt: Date
  description: string
  photos: { id: string; dhash: string }[]
}

/** The side of the squares of the index, in metres; it stands in the migration too. */
const squareM = 128
const squares = (middleM: number, reachM: number): number[] => {
  const first = Math.floor((middleM - reachM) / squareM)
  const last = Math.floor((middleM + reachM) / squareM)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}
/** Cases of these class codes around the point, by the index of squares. */
const inSquares = ({ xM, yM }: Said, codes: readonly string[], reachM: number): RawSql => {
  const ys = squares(yM, reachM)
  return sql`c.class_code = any(${codes}::text[]) and floor(c.xy[0] / 128) = any(${squares(xM, reachM)}::float8[])
    and floor(c.xy[1] / 128) between ${ys[0]}::float8 and ${ys.at(-1)}::float8
    and c.xy <@ circle(point(${xM}, ${yM}), ${reachM})`
}

/** Reports of another class count only from so near. */
const otherClassReachM = 40
const mostOfClass = 80
const mostOfOthers = 40
const mostByWord = 40

/**
 * Open cases that the actor may see and that may be the same as what is said: of its kin within reach of its class, of any class
 * very near, and of its class where the same place is named; with what is needed to weigh them. One round trip.
 */
export const candidatesFor = async (
  db: Db,
  actor: Actor,
  said: Said,
  kinCodes: readonly string[],
  except: string | undefined,
): Promise<CandidateRow[]> => (await candidates(actor, said, kinCodes, except).execute(db)).rows

/** The same as a question, for whoever wants to see how it is answered. */
export function candidates(actor: Actor, said: Said, kinCodes: readonly string[], except: string | undefined) {
  const { radiusM, hours } = searchOf(said.class)
  const from = new Date(said.at.getTime() - hours * HOUR)
  const to = new Date(said.at.getTime() + hours * HOUR)
  const here = sql`point(${said.xM}, ${said.yM})`
  const shared = sql`${openOnly} and c.status <> 'draft' and ${seen(actor)} and c.reported_at between ${from} and ${to} and c.id is distinct from ${except ?? null}::uuid`
  const words = [...said.words.places.keys()].map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`)
  const byWord = words.length
    ? sql`union (select c.id from cases.case_file c
        where ${inSquares(said, [said.class.code], placeWordReachM)} and ${shared} and c.description like any(${words}::text[])
        order by c.xy <-> ${here} limit ${mostByWord})`
    : sql``
  return sql<CandidateRow>`
    with near as (
      (select c.id from cases.case_file c where ${inSquares(said, kinCodes, radiusM)} and ${shared}
        order by c.class_code <> ${said.class.code}, c.xy <-> ${here} limit ${mostOfClass})
      union (select c.id from cases.case_file c where c.xy <@ circle(${here}, ${otherClassReachM}) and ${shared}
        order by c.xy <-> ${here} limit ${mostOfOthers})
      ${byWord})
    select c.id, c.scheme, c.scheme_version as "schemeVersion", c.kind, c.class_code as "classCode", k.parent_code as "parentCode",
      c.xy[0] as "xM", c.xy[1] as "yM", c.area_code as "areaCode", c.reported_at as "reportedAt", c.description,
      coalesce((select json_agg(json_build_object('id', p.photo_id, 'dhash', e.dhash) order by p.at, p.photo_id)
        from cases.photo p join evidence.api_photo e on e.id = p.photo_id where p.case_id = c.id), '[]') as photos
    from near join cases.case_file c on c.id = near.id
    join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code`
}

export interface Kin {
  parentCode: string | null
  /** Class codes of open cases that may be the same matter. */
  codes: string[]
  /** The classes that it is in other lists. */
  mapped: { scheme: string; version: string; kind: string; code: string }[]
}
/** A class among its like: those of its major class, and those of other lists that it is mapped to. */
export const kinOf = async (
  db: Db,
  c: { scheme: string; version: string; kind: string; code: string },
): Promise<Kin | undefined> =>
  (
    await sql<Kin>`select k.parent_code as "parentCode", coalesce(m.classes, '[]') as mapped,
        array(select x.code from rulebook.api_any_class x where x.scheme = k.scheme and x.version = k.version and x.kind = k.kind
            and (x.parent_code = k.parent_code or x.code = k.code)
          union select x->>'code' from json_array_elements(m.classes) x) as codes
      from rulebook.api_any_class k
      left join lateral (select json_agg(o) as classes from (
        select to_scheme as scheme, to_version as version, to_kind as kind, to_code as code from rulebook.api_mapping
          where from_scheme = k.scheme and from_version = k.version and from_kind = k.kind and from_code = k.code
        union select from_scheme, from_version, from_kind, from_code from rulebook.api_mapping
          where to_scheme = k.scheme and to_version = k.version and to_kind = k.kind and to_code = k.code) o) m on true
      where k.scheme = ${c.scheme} and k.version = ${c.version} and k.kind = ${c.kind} and k.code = ${c.code}`.execute(
      db,
    )
  ).rows[0]

/** The pictures of a case, as hashes. */
export const hashesOfCase = async (db: Db, caseId: string): Promise<string[]> =>
  (
    await sql<{ dhash: string }>`select e.dhash from cases.photo p join evidence.api_photo e on e.id = p.photo_id
      where p.case_id = ${caseId}`.execute(db)
  ).rows.map((r) => r.dhash)
