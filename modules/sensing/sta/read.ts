/** Entities as SensorThings says them: found, expanded, cut to what was asked for. */
import { type RawSql, sql } from '@pentad/platform/db'
import { conditionOf, type Scope, sortOf } from './compile.ts'
import { type Entity, type EntityName, entities, isOneOf, type Nav, type Prop } from './entities.ts'
import { parseExact } from './exact.ts'
import { type Expand, ODataError, type Query } from './odata.ts'
import { queryText } from './odata-text.ts'
import { reckon } from './reckon.ts'
import type { Asking, Json, Target } from './resolve.ts'
import { sight } from './sight.ts'
import { drawTracks, kept, reachedFrom } from './tracked.ts'

const itemsByDefault = 100
const mostItems = 1000
/** Expansions inside one another. */
const deepestExpand = 6

interface Row extends Json {
  id: number
  pid?: number
}

const aliases = () => {
  let n = 0
  return () => `a${++n}`
}

interface Wanted {
  names: string[]
  id: boolean
  selfLink: boolean
  navs: string[]
}
function wantedOf(entity: Entity, select: readonly string[] | undefined): Wanted {
  const all = Object.keys(entity.props)
  const navs = Object.keys(entity.navs)
  if (!select || select.includes('*')) return { names: all, id: true, selfLink: true, navs }
  const heads = select.map((s) => s.split('/')[0] ?? '')
  for (const name of heads)
    if (
      !Object.hasOwn(entity.props, name) &&
      !Object.hasOwn(entity.navs, name) &&
      !['id', '@iot.id', 'selfLink', '@iot.selfLink'].includes(name)
    )
      throw new ODataError(`${entity.name} has no property ${name}`)
  return {
    names: all.filter((n) => heads.includes(n)),
    id: heads.some((n) => n === 'id' || n === '@iot.id'),
    selfLink: heads.some((n) => n === 'selfLink' || n === '@iot.selfLink'),
    navs: navs.filter((n) => heads.includes(n)),
  }
}

const columnsOf = (entity: Entity, names: readonly string[], alias: string): RawSql =>
  sql.join([
    sql`${sql.ref(`${alias}.id`)} as id`,
    ...names.flatMap((name) => {
      const prop = entity.props[name]
      if (!prop) return []
      return [
        // As text: the driver would read a number of 64 bits as a double.
        prop.type === 'any'
          ? sql`(${prop.sql(alias)})::text as ${sql.ref(name)}`
          : sql`${prop.sql(alias)} as ${sql.ref(name)}`,
        ...(prop.end ? [sql`${prop.end(alias)} as ${sql.ref(`${name}/end`)}`] : []),
      ]
    }),
  ])

interface Found {
  rows: Row[]
  more: boolean
}

/** Rows of a target, or, for each of some parents, the rows that belong to it. */
async function rowsOf(
  asking: Asking,
  target: Pick<Target, 'entity' | 'where' | 'from'>,
  query: Query,
  parents?: { entity: Entity; nav: Nav; ids: readonly number[] },
): Promise<Found & { counts: Map<number, number> }> {
  const { db, caller } = asking
  const { entity } = target
  const fresh = aliases()
  const exprs = [...(query.filter ? [query.filter] : []), ...(query.orderby ?? []).map((o) => o.by)]
  const scope: Scope = { entity, alias: 't', caller, fresh, reckoned: await reckon(asking, entity, exprs) }
  const conditions = [target.where('t'), sight(entity, 't', caller)]
  if (query.filter) conditions.push(conditionOf(query.filter, scope))
  if (parents) conditions.push(parents.nav.join('p', 't'))
  const where = sql.join(conditions, sql` and `)
  const order = [
    ...(query.orderby ?? []).map(
      (o) => sql`${sortOf(o.by, scope)} ${sql.raw(o.descending ? 'desc nulls last' : 'asc nulls last')}`,
    ),
    // Of one datastream the order of time has an index; of all together that of numbers has.
    ...(entity.name === 'Observation' && !query.orderby && (parents || target.from?.nav === 'Observations')
      ? [sql`t.phenomenon_start`]
      : []),
    sql`t.id`,
  ]
  const { names } = wantedOf(entity, query.select)
  const top = Math.min(query.top ?? itemsByDefault, mostItems)
  const inner = sql`select ${columnsOf(entity, names, 't')} from ${entity.view} as t where ${where} order by ${sql.join(order)}
    offset ${query.skip ?? 0} limit ${top + 1}`
  const counts = new Map<number, number>()
  if (!parents) {
    const { rows } = await sql<Row>`${inner}`.execute(db)
    if (query.count) {
      const counted = await sql<{
        n: number
      }>`select count(*)::int as n from ${entity.view} as t where ${where}`.execute(db)
      counts.set(0, counted.rows[0]?.n ?? 0)
    }
    await drawTracks(db, entity, rows.slice(0, top))
    return { rows: rows.slice(0, top), more: rows.length > top, counts }
  }
  const { rows } =
    await sql<Row>`select p.id as pid, x.* from ${parents.entity.view} as p cross join lateral (${inner}) as x
    where ${isOneOf(parents.entity, 'p', parents.ids)}`.execute(db)
  await drawTracks(db, entity, rows)
  if (query.count) {
    const counted = await sql<{
      id: number
      n: number
    }>`select p.id, (select count(*)::int from ${entity.view} as t where ${where}) as n
      from ${parents.entity.view} as p where ${isOneOf(parents.entity, 'p', parents.ids)}`.execute(db)
    for (const { id, n } of counted.rows) counts.set(id, n)
  }
  return { rows, more: false, counts }
}

const selfLink = (base: string, entity: Entity, id: number): string => `${base}/${entity.set}(${id})`
const isoOf = (at: Date): string => at.toISOString()

/** A property's value in JSON; undefined when there is none. */
function saidValue(prop: Prop, row: Row, name: string): unknown {
  const value = row[name]
  if (value === null || value === undefined) return undefined
  // A result that is null has no text that says something else.
  if (prop.type === 'any') return parseExact(value as string) ?? undefined
  if (prop.type === 'time') return isoOf(value as Date)
  if (prop.type === 'interval') {
    const end = row[`${name}/end`] as Date | null
    const start = value as Date
    return end && (end.getTime() !== start.getTime() || name !== 'phenomenonTime' || row.pid === -1)
      ? `${isoOf(start)}/${isoOf(end)}`
      : isoOf(start)
  }
  return value
}

async function entitiesJson(
  asking: Asking,
  entity: Entity,
  rows: readonly Row[],
  query: Query,
  depth = 0,
): Promise<Json[]> {
  const { base } = asking
  const wanted = wantedOf(entity, query.select)
  const expanded = new Map<string, Map<number, { items: Json[]; more: boolean; count: number | undefined }>>()
  const expansions = mergedExpands(entity, query.expand ?? [])
  if (expansions.length > 0 && depth >= deepestExpand) throw new ODataError('the expansion is nested too deeply')
  for (const { name, nav, inner } of expansions) {
    const of = new Map<number, { items: Json[]; more: boolean; count: number | undefined }>()
    expanded.set(name, of)
    if (rows.length === 0) continue
    const asked = nav.many ? inner : { ...inner, top: 1, skip: 0 }
    const top = Math.min(asked.top ?? itemsByDefault, mostItems)
    const numbers = rows.map((r) => r.id)
    for (const [parent, ids] of kept(entity, numbers)) {
      const to = reachedFrom(parent, name) ?? entities[nav.to]
      const found = await rowsOf(asking, { entity: to, where: () => sql`true` }, asked, {
        entity: parent,
        nav: parent.navs[name] ?? nav,
        ids,
      })
      const groups = Map.groupBy(found.rows, (r) => Number(r.pid))
      const shown = [...groups].flatMap(([, group]) => group.slice(0, top))
      // The same row may belong to several parents; it is told once for each.
      const told = await entitiesJson(asking, to, shown, inner, depth + 1)
      let i = 0
      for (const [pid, group] of groups) {
        const n = Math.min(top, group.length)
        of.set(pid, { items: told.slice(i, i + n), more: group.length > top, count: found.counts.get(pid) })
        i += n
      }
      if (inner.count)
        for (const [pid, count] of found.counts) if (!of.has(pid)) of.set(pid, { items: [], more: false, count })
    }
  }
  return rows.map((row) => {
    const here = selfLink(base, entity, row.id)
    const out: Json = {}
    if (wanted.selfLink) out['@iot.selfLink'] = here
    if (wanted.id) out['@iot.id'] = row.id
    for (const name of wanted.names) {
      const prop = entity.props[name]
      if (!prop) continue
      const value = spanOf(entity, name, prop, row)
      if (value !== undefined) out[name] = cut(value, name, query.select)
      else if (prop.always) out[name] = null
    }
    for (const name of Object.keys(entity.navs)) {
      const inside = expanded.get(name)
      if (inside) {
        const nav = entity.navs[name]
        const got = inside.get(row.id)
        if (nav?.many) {
          if (got?.count !== undefined) out[`${name}@iot.count`] = got.count
          out[name] = got?.items ?? []
          const inner = expansions.find((e) => e.name === name)?.inner ?? {}
          if (got?.more) {
            const top = Math.min(inner.top ?? itemsByDefault, mostItems)
            out[`${name}@iot.nextLink`] =
              `${here}/${name}?${queryText({ ...inner, top, skip: (inner.skip ?? 0) + top })}`
          }
        } else out[name] = got?.items[0] ?? null
      }
      // What stands inside another is found by its own address; its ways on are said when they are asked for.
      if (wanted.navs.includes(name) && (depth === 0 || query.select))
        out[`${name}@iot.navigationLink`] = `${here}/${name}`
    }
    return out
  })
}

/** Times of a datastream are stretches even when they are short; those of an observation only when it has an end. */
function spanOf(entity: Entity, name: string, prop: Prop, row: Row): unknown {
  if (prop.type === 'json' && name === 'properties' && isEmpty(row[name])) return undefined
  if (prop.type === 'json' && name === 'parameters' && isEmpty(row[name])) return undefined
  if (prop.type !== 'interval' || entity.name === 'Observation') return saidValue(prop, row, name)
  return saidValue(prop, { ...row, pid: -1 }, name)
}
const isEmpty = (x: unknown): boolean => typeof x === 'object' && x !== null && Object.keys(x).length === 0

/** Of a JSON property only the parts that were asked for by their path. */
function cut(value: unknown, name: string, select: readonly string[] | undefined): unknown {
  const paths = (select ?? []).filter((s) => s === name || s.startsWith(`${name}/`)).map((s) => s.split('/').slice(1))
  if (paths.length === 0 || paths.some((p) => p.length === 0)) return value
  const out: Json = {}
  for (const path of paths) {
    const found = path.reduce<unknown>(
      (at, step) => (typeof at === 'object' && at !== null ? (at as Json)[step] : undefined),
      value,
    )
    if (found === undefined) continue
    let at = out
    for (const step of path.slice(0, -1)) {
      at[step] ??= {}
      at = at[step] as Json
    }
    at[path.at(-1) ?? ''] = found
  }
  return out
}

/** `A/B` stands for `A($expand=B)`; two that begin alike are one. */
function mergedExpands(entity: Entity, expands: readonly Expand[]): { name: string; nav: Nav; inner: Query }[] {
  const out = new Map<string, { name: string; nav: Nav; inner: Query }>()
  for (const { path, query } of expands) {
    const [name = '', ...deeper] = path
    const nav = Object.hasOwn(entity.navs, name) ? entity.navs[name] : undefined
    if (!nav) throw new ODataError(`${entity.name} has no ${name} to expand`)
    const there = out.get(name)?.inner ?? {}
    const own = deeper.length > 0 ? [{ path: deeper, query }] : (query.expand ?? [])
    const expand = [...(there.expand ?? []), ...own]
    const inner: Query = { ...there, ...(deeper.length > 0 ? {} : query), ...(expand.length > 0 ? { expand } : {}) }
    out.set(name, { name, nav, inner })
  }
  return [...out.values()]
}

export async function list(asking: Asking, target: Target, query: Query, path: string): Promise<Json> {
  const { rows, more, counts } = await rowsOf(asking, target, query)
  const top = Math.min(query.top ?? itemsByDefault, mostItems)
  const next = more
    ? { '@iot.nextLink': `${asking.base}/${path}?${queryText({ ...query, top, skip: (query.skip ?? 0) + top })}` }
    : {}
  const count = query.count ? { '@iot.count': counts.get(0) ?? 0 } : {}
  if (query.resultFormat !== undefined) {
    if (query.resultFormat.toLowerCase() !== 'dataarray' || target.entity.name !== 'Observation')
      throw new ODataError(`there is no result format ${query.resultFormat} here`)
    return { ...count, ...next, value: await dataArrays(asking, rows, query) }
  }
  return { ...count, ...next, value: await entitiesJson(asking, target.entity, rows, query) }
}

/** Observations as rows of numbers, each datastream with its columns (§12). */
async function dataArrays(asking: Asking, rows: readonly Row[], query: Query): Promise<Json[]> {
  const observation = entities.Observation
  const { names, id } = wantedOf(observation, query.select)
  const components = [...(id ? ['id'] : []), ...names]
  const of = new Map<number, number>()
  if (rows.length > 0) {
    const found = await sql<{
      id: number
      stream: number
    }>`select t.id, t.datastream_id as stream from ${observation.view} as t
      where t.id = any(${rows.map((r) => r.id)}::bigint[])`.execute(asking.db)
    for (const r of found.rows) of.set(r.id, r.stream)
  }
  return [...Map.groupBy(rows, (r) => of.get(r.id) ?? 0)].map(([stream, group]) => ({
    'Datastream@iot.navigationLink': selfLink(asking.base, entities.Datastream, stream),
    components,
    'dataArray@iot.count': group.length,
    dataArray: group.map((row) =>
      components.map((name) => {
        const prop = observation.props[name]
        return name === 'id' ? row.id : prop ? (saidValue(prop, row, name) ?? null) : null
      }),
    ),
  }))
}

export async function one(asking: Asking, target: Target, query: Query): Promise<Json | undefined> {
  const { rows } = await rowsOf(asking, target, { ...query, top: 1, skip: 0, count: false })
  return (await entitiesJson(asking, target.entity, rows.slice(0, 1), query))[0]
}

/** The number of an entity in an answer, whatever was selected of it. */
export async function byId(asking: Asking, entity: Entity, id: number, query: Query = {}): Promise<Json | undefined> {
  return one(asking, { entity, many: false, where: (a) => sql`${sql.ref(`${a}.id`)} = ${id}` }, query)
}

export async function refs(asking: Asking, target: Target, query: Query, path: string): Promise<Json> {
  const { value, ...rest } = await list(asking, target, { ...query, select: ['selfLink'] }, path)
  return { ...rest, value }
}

export async function count({ db, caller }: Asking, { entity, where }: Target, query: Query): Promise<number> {
  const asking = { db, caller, base: '' }
  const exprs = query.filter ? [query.filter] : []
  const scope: Scope = { entity, alias: 't', caller, fresh: aliases(), reckoned: await reckon(asking, entity, exprs) }
  const filter = query.filter ? conditionOf(query.filter, scope) : sql`true`
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${entity.view} as t
    where ${where('t')} and ${sight(entity, 't', caller)} and ${filter}`.execute(db)
  return rows[0]?.n ?? 0
}

const tables: Readonly<Record<EntityName, string>> = {
  Thing: 'device',
  Location: 'location',
  HistoricalLocation: 'past_location',
  Datastream: 'datastream',
  Sensor: 'instrument',
  ObservedProperty: 'factor',
  Observation: 'observation',
  FeatureOfInterest: 'feature',
}
/** The highest number that was given to an entity of this kind. */
export async function newestOf({ db }: Asking, { name }: Entity): Promise<number> {
  const { rows } = await sql<{
    id: number
  }>`select coalesce(max(${sql.ref(name === 'Thing' ? 'handle' : 'id')}), 0) as id from ${sql.raw(`sensing.${tables[name]}`)}`.execute(
    db,
  )
  return Number(rows[0]?.id ?? 0)
}

/** Rows of a target beyond a number, each with a digest of what is said of it: another digest, and it was changed. */
export async function digestsBeyond(
  { db, caller }: Asking,
  { entity, where }: Target,
  id: number,
): Promise<Map<number, string>> {
  const { rows } = await sql<{
    id: number
    digest: string
  }>`select t.id, md5(t::text) as digest from ${entity.view} as t
    where t.id > ${id} and ${where('t')} and ${sight(entity, 't', caller)} order by t.id`.execute(db)
  return new Map(rows.map((r) => [Number(r.id), r.digest]))
}
