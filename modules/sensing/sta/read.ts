/** Entities as SensorThings says them: found, expanded, cut to what was asked for. */
import { type Db, errorCode, type RawSql, sql } from '@pentad/platform/db'
import { conditionOf, pathsIn, type Reckoned, type Scope, shapeProps, sortOf, stepsOf } from './compile.ts'
import { type Entity, entities, entityOfSet, type Nav, type Prop } from './entities.ts'
import { distance, lengthOf, relations, type Shape, ShapeError, shapeOf, shapeOfWkt } from './geometry.ts'
import { type Expand, type Expr, ODataError, type Query, queryText, type Segment } from './odata.ts'
import { type Caller, sight } from './sight.ts'

/** An error as SensorThings says it. */
export class StaError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
export const isBadQuestion = (error: unknown): error is Error =>
  error instanceof ODataError || error instanceof ShapeError || /^22/.test(errorCode(error) ?? '')

export interface Asking {
  db: Db
  caller: Caller
  /** `https://host/sta/v1.1`. */
  base: string
}
export type Json = Record<string, unknown>
interface Row extends Json {
  id: number
  pid?: number
}

export const itemsByDefault = 100
const mostItems = 1000
/** Shapes that a question may look at one by one. */
const mostShapes = 50_000
/** Expansions inside one another. */
const deepestExpand = 6

/** What a path of an address stands for: rows of an entity under a condition. */
export interface Target {
  entity: Entity
  where: (alias: string) => RawSql
  many: boolean
  /** Where it comes from, when it comes from one thing. */
  from?: { entity: Entity; id: number; nav: string }
}
export interface Resolved {
  target: Target
  /** A property, and the way into it. */
  property: string[]
  ending: '$ref' | '$value' | '$count' | undefined
}

const notFound = (): never => {
  throw new StaError(404, 'Nothing was found under this address.')
}
const largestId = 2_147_483_647

export async function resolve(asking: Asking, segments: readonly Segment[]): Promise<Resolved> {
  const [first, ...rest] = segments
  const entity = first && entityOfSet(first.name)
  if (!first || !entity) return notFound()
  let target: Target = { entity, where: () => sql`true`, many: true }
  if (first.id !== undefined) target = await oneOf(asking, target, first.id)
  let at = 0
  for (; at < rest.length; at++) {
    const segment = rest[at]
    const nav = segment && target.entity.navs[segment.name]
    if (!segment || !nav) break
    if (target.many) return notFound()
    target = await follow(asking, target, segment.name, nav)
    if (segment.id !== undefined) {
      if (!nav.many) return notFound()
      target = { ...(await oneOf(asking, target, segment.id)) }
    }
  }
  const left = rest.slice(at)
  if (left.some((s) => s.id !== undefined)) return notFound()
  const names = left.map((s) => s.name)
  const last = names.at(-1)
  const ending = last === '$ref' || last === '$value' || last === '$count' ? last : undefined
  const property = ending ? names.slice(0, -1) : names
  const [head] = property
  if (
    head !== undefined &&
    (target.many || !(Object.hasOwn(target.entity.props, head) || head === 'id' || head === '@iot.id'))
  )
    return notFound()
  if (ending === '$value' && head === undefined) return notFound()
  if (ending === '$count' && !target.many) return notFound()
  if (ending === '$ref' && head !== undefined) return notFound()
  if (
    property.length > 1 &&
    target.entity.props[head ?? '']?.type !== 'json' &&
    target.entity.props[head ?? '']?.type !== 'geo'
  )
    return notFound()
  return { target, property, ending }
}

async function oneOf(asking: Asking, target: Target, id: number | string): Promise<Target> {
  if (
    typeof id !== 'number' ||
    id < 0 ||
    id > (target.entity.name === 'Observation' ? Number.MAX_SAFE_INTEGER : largestId)
  )
    return notFound()
  const one: Target = {
    ...target,
    many: false,
    where: (a) => sql`(${target.where(a)} and ${sql.ref(`${a}.id`)} = ${id})`,
  }
  if ((await idsOf(asking, one)).length === 0) return notFound()
  return one
}

async function follow(asking: Asking, target: Target, name: string, nav: Nav): Promise<Target> {
  const [id] = await idsOf(asking, target)
  if (id === undefined) return notFound()
  const { view } = target.entity
  return {
    entity: entities[nav.to],
    many: nav.many,
    from: { entity: target.entity, id, nav: name },
    where: (a) => {
      const from = `${a}_from`
      return sql`exists (select from ${view} as ${sql.ref(from)} where ${sql.ref(`${from}.id`)} = ${id} and ${nav.join(from, a)})`
    },
  }
}

/** The first of the rows that a target stands for. */
export async function idsOf({ db, caller }: Asking, { entity, where }: Target): Promise<number[]> {
  const { rows } = await sql<{
    id: number
  }>`select t.id from ${entity.view} as t where ${where('t')} and ${sight(entity, 't', caller)}
    limit 1`.execute(db)
  return rows.map((r) => r.id)
}

const aliases = () => {
  let n = 0
  return () => `a${++n}`
}

/** Shapes are reckoned here, row by row, and the answers handed to the database. */
async function reckon(asking: Asking, entity: Entity, exprs: readonly Expr[]): Promise<Map<Expr, Reckoned>> {
  const out = new Map<Expr, Reckoned>()
  const visit = async (expr: Expr): Promise<void> => {
    if (expr.kind === 'binary') {
      await visit(expr.left)
      await visit(expr.right)
    } else if (expr.kind === 'not' || expr.kind === 'in') await visit(expr.of)
    else if (expr.kind === 'call') {
      if (/^(st_|geo\.)/.test(expr.name)) out.set(expr, await reckonCall(asking, entity, expr))
      else for (const arg of expr.args) await visit(arg)
    }
  }
  for (const expr of exprs) await visit(expr)
  return out
}

async function reckonCall(
  { db, caller }: Asking,
  entity: Entity,
  { name, args }: Extract<Expr, { kind: 'call' }>,
): Promise<Reckoned> {
  const [path] = args.flatMap(pathsIn)
  const relation = Object.hasOwn(relations, name) ? relations[name] : undefined
  if (!relation && name !== 'geo.distance' && name !== 'geo.length')
    throw new ODataError(`there is no function ${name} here`)
  if (!path || args.length !== (name === 'geo.length' ? 1 : 2))
    throw new ODataError(`${name} wants a shape of an entity and a shape that is given`)
  const { at, rest } = stepsOf(entity, path)
  const prop = shapeProps[at.name]
  if (prop === undefined || rest[0] !== prop || rest.length > 1) throw new ODataError(`${path.join('/')} is no shape`)
  const column = at.props[prop]?.sql('t')
  const { rows } = await sql<{ id: number; shape: unknown }>`select t.id, ${column} as shape from ${at.view} as t
    where ${column} is not null and ${sight(at, 't', caller)} limit ${mostShapes + 1}`.execute(db)
  if (rows.length > mostShapes) throw new ODataError('there are too many shapes for this question')
  const shapes = args.map((arg) => (arg.kind === 'geo' || arg.kind === 'text' ? shapeOfWkt(arg.value) : undefined))
  const values = rows.map(({ shape }) => {
    const own = shapeOf(shape)
    const [a, b] = shapes.map((s): Shape => s ?? own)
    if (!a) return 0
    if (!b) return lengthOf(a)
    return relation ? relation(a, b) : distance(a, b)
  })
  return { ids: rows.map((r) => r.id), values }
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
        sql`${prop.sql(alias)} as ${sql.ref(name)}`,
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
    return { rows: rows.slice(0, top), more: rows.length > top, counts }
  }
  const { rows } =
    await sql<Row>`select p.id as pid, x.* from ${parents.entity.view} as p cross join lateral (${inner}) as x
    where p.id = any(${parents.ids}::bigint[])`.execute(db)
  if (query.count) {
    const counted = await sql<{
      id: number
      n: number
    }>`select p.id, (select count(*)::int from ${entity.view} as t where ${where}) as n
      from ${parents.entity.view} as p where p.id = any(${parents.ids}::bigint[])`.execute(db)
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
    const to = entities[nav.to]
    const asked = nav.many ? inner : { ...inner, top: 1, skip: 0 }
    const found = await rowsOf(asking, { entity: to, where: () => sql`true` }, asked, {
      entity,
      nav,
      ids: rows.map((r) => r.id),
    })
    const top = Math.min(asked.top ?? itemsByDefault, mostItems)
    const groups = Map.groupBy(found.rows, (r) => Number(r.pid))
    const kept = [...groups].flatMap(([, group]) => group.slice(0, top))
    // The same row may belong to several parents; it is told once for each.
    const told = await entitiesJson(asking, to, kept, inner, depth + 1)
    let i = 0
    for (const [pid, group] of groups) {
      const n = Math.min(top, group.length)
      of.set(pid, { items: told.slice(i, i + n), more: group.length > top, count: found.counts.get(pid) })
      i += n
    }
    if (inner.count)
      for (const [pid, count] of found.counts) if (!of.has(pid)) of.set(pid, { items: [], more: false, count })
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
      if (wanted.navs.includes(name)) out[`${name}@iot.navigationLink`] = `${here}/${name}`
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

/** Numbers of a target's rows among the newest so many of all its kind. */
export async function idsAfter({ db, caller }: Asking, { entity, where }: Target, newest: number): Promise<number[]> {
  const table = {
    Thing: 'device',
    Location: 'location',
    HistoricalLocation: 'past_location',
    Datastream: 'datastream',
    Sensor: 'instrument',
    ObservedProperty: 'factor',
    Observation: 'observation',
    FeatureOfInterest: 'feature',
  }[entity.name]
  const column = entity.name === 'Thing' ? 'handle' : 'id'
  const { rows } = await sql<{ id: number }>`select t.id from ${entity.view} as t
    where t.id > (select coalesce(max(${sql.ref(column)}), 0) - ${newest} from ${sql.raw(`sensing.${table}`)})
      and ${where('t')} and ${sight(entity, 't', caller)}`.execute(db)
  return rows.map((r) => r.id)
}
