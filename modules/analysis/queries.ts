/** What the index proposes; whether it fits is decided outside. */
import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { type Actor, holds, sightOf } from '@pentad/platform/rights'
import { areaKey, type Kind, kindKey, makerKey, type Slice, unitKey } from './model/index.ts'
import type { Source } from './sources/index.ts'

export interface Hit {
  kind: Kind
  id: string
  at: Date | null
  number: string | null
  numberWord: string | null
  titleZh: string
  titleEn: string
  noteZh: string
  noteEn: string
  also: string
  sound: string
  means: string | null
  lon: number | null
  lat: number | null
  rank: number
  /** Of each word with a meaning: whether the thing is of what it means. */
  meant: boolean[]
}

/** One way in which a thing may fit: it has all of these keys, and one of each group. */
export interface Leg {
  all: readonly number[]
  groups: readonly (readonly number[])[]
  /** Its number ends so. */
  ends: readonly string[]
}

/** What an actor may see of a kind, as a filter, and as keys that let the index leave out the rest; null: nothing. */
export interface Seen {
  where: RawSql
  keys: readonly number[] | null
}
export function seenBy(actor: Actor, { may }: Pick<Source, 'may'>): Seen | null {
  if (may === null) return { where: sql`true`, keys: null }
  if (!holds(actor, may)) return null
  const { areas, units, actorId } = sightOf(actor, may)
  if (areas.includes('')) return { where: sql`true`, keys: null }
  const areaKeys = areas.map(areaKey)
  return {
    where: sql`(d.area_code like any(${areas.map((a) => `${a}%`)}::text[]) or d.unit_ids && ${units}::text[] or d.created_by = ${actorId})`,
    // A prefix above the district has no key: then only the filter decides.
    keys: areaKeys.every((key) => key !== undefined) ? [...areaKeys, ...units.map(unitKey), makerKey(actorId)] : null,
  }
}

const ints = (keys: readonly number[]): RawSql => sql`${keys}::int[]`
const endsSo = (word: string): RawSql => sql`d.number_word like ${`%${word}`}`

const inLeg = ({ all, groups, ends }: Leg, { keys }: Seen, more: RawSql | null): RawSql =>
  sql`(${sql.join(
    [
      ...(more ? [sql`d.keys @> (${ints(all)} || ${more})`] : all.length > 0 ? [sql`d.keys @> ${ints(all)}`] : []),
      ...groups.map((g) => sql`d.keys && ${ints(g)}`),
      // In every leg, so that the index joins them while it reads.
      ...(keys ? [sql`d.keys && ${ints(keys)}`] : []),
      ...ends.map(endsSo),
    ],
    sql` and `,
  )})`

const inLegs = (legs: readonly Leg[], seen: Seen, more: RawSql | null): RawSql =>
  sql`((${sql.join(
    legs.map((leg) => inLeg(leg, seen, more)),
    sql` or `,
  )}) and ${seen.where})`

const hit = (meanings: readonly (readonly number[])[]): RawSql =>
  sql`d.kind, d.id, d.at, d.number, d.number_word as "numberWord", d.title_zh as "titleZh", d.title_en as "titleEn", d.note_zh as "noteZh",
    d.note_en as "noteEn", d.also, d.sound, d.means, d.lon, d.lat, d.rank,
    ${meanings.length ? sql`array[${sql.join(meanings.map((m) => (m.length ? sql`d.keys && ${ints(m)}` : sql`false`)))}]` : sql`'{}'::boolean[]`} as meant`

export interface Happened {
  legs: readonly Leg[]
  seen: Seen
  slices: readonly Slice[]
  meanings: readonly (readonly number[])[]
  from: Date | null
  until: Date | null
  /** Only what comes after it in the order of the list. */
  after: { at: Date; id: string } | null
  most: number
}

/** What happened and may fit, newest first. The slices are asked one by one, and no more of them than it takes. */
export async function happened(
  db: Db,
  { legs, seen, slices, meanings, from, until, after, most }: Happened,
): Promise<Hit[]> {
  const filters = [
    inLegs(legs, seen, sql`s.key`),
    ...(from ? [sql`d.at >= ${from}`] : []),
    ...(until ? [sql`d.at < ${until}`] : []),
    ...(after ? [sql`(d.at, d.id) < (${after.at}, ${after.id})`] : []),
  ]
  const { rows } = await sql<Hit>`select h.* from unnest(${slices.map((s) => s.key)}::int[]) as s (key)
    cross join lateral (select ${hit(meanings)} from analysis.doc_timed d
      where ${sql.join(filters, sql` and `)} order by d.at desc, d.id desc limit ${most}) h limit ${most}`.execute(db)
  return rows
}

/** More than this are asked slice by slice: they would all have to be read before the newest is known. */
const mostAtOnce = 1000

/**
 * What happened before an instant, newest first, in one question: of words that seldom stand together the index finds all in the
 * time of a single slice. Null when there are too many.
 */
export async function longAgo(
  db: Db,
  kind: Kind,
  before: Date,
  { legs, seen, meanings, from, until, after, most }: Omit<Happened, 'slices'>,
): Promise<Hit[] | null> {
  const filters = [
    inLegs(legs, seen, null),
    sql`d.kind = ${kind}`,
    sql`d.at < ${before}`,
    ...(from ? [sql`d.at >= ${from}`] : []),
    ...(until ? [sql`d.at < ${until}`] : []),
    ...(after ? [sql`(d.at, d.id) < (${after.at}, ${after.id})`] : []),
  ]
  // Without an order of its own, so that reading ends at the limit; the outer one puts few rows into order.
  const { rows } = await sql<Hit & { found: number }>`select h.*, count(*) over ()::int as found
    from (select ${hit(meanings)} from analysis.doc_timed d where ${sql.join(filters, sql` and `)} limit ${mostAtOnce}) h
    order by h.at desc, h.id desc limit ${most}`.execute(db)
  return (rows[0]?.found ?? 0) < mostAtOnce ? rows : null
}

export interface Standing {
  kind: Kind
  seen: Seen
  /** Better proposals first; each is asked for no more than `most`. */
  tiers: readonly (readonly Leg[])[]
}
/** What is there and may fit, of several kinds at once; of a word that thousands have only so many, titles that begin so first. */
export async function standing(db: Db, wanted: readonly Standing[], most: number): Promise<Hit[]> {
  const parts = wanted.flatMap(({ kind, seen, tiers }) =>
    tiers
      .filter((legs) => legs.length > 0)
      .map(
        (legs) => sql`(select ${hit([])} from analysis.doc_standing d
          where ${inLegs(legs, seen, ints([kindKey(kind)]))} and d.kind = ${kind} limit ${most})`,
      ),
  )
  if (parts.length === 0) return []
  const { rows } = await sql<Hit>`${sql.join(parts, sql` union all `)}`.execute(db)
  return [...new Map(rows.map((r) => [`${r.kind} ${r.id}`, r])).values()]
}

export interface Span {
  earliest: Date | null
  latest: Date | null
  /** About so many things that happened, of all kinds. */
  things: number
}
/** From when to when the index knows things of a kind. */
export const spanOf = async (db: Db, kind: Kind): Promise<Span | undefined> =>
  (
    await sql<Span>`select earliest, latest,
      (select reltuples from pg_class where oid = 'analysis.doc_timed'::regclass)::float8 as things from analysis.source where kind = ${kind}`.execute(
      db,
    )
  ).rows[0]
