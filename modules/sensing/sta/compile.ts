/** Questions as SQL. Every value is a parameter; every name is looked up first. */
import { type RawSql, sql } from '@pentad/platform/db'
import { type Entity, type EntityName, entities, type PropType } from './entities.ts'
import { type Expr, type Literal, ODataError, type Operator } from './odata.ts'
import { type Caller, sight } from './sight.ts'

type Type = PropType | 'bool' | 'null' | 'duration' | 'wkt'
interface Value {
  type: Type
  sql: RawSql
  end?: RawSql
  /** The plain text of a JSON value. */
  text?: RawSql
  literal?: Literal
}

/** What a geometry function gives for each row of an entity; reckoned beforehand, since the database knows no shapes. */
export interface Reckoned {
  ids: number[]
  values: (number | boolean)[]
}
export interface Scope {
  entity: Entity
  alias: string
  caller: Caller
  reckoned: ReadonlyMap<Expr, Reckoned>
  /** A new alias. */
  fresh: () => string
}

/** The entities that a path goes through before it comes to a property. */
export function stepsOf(entity: Entity, path: readonly string[]): { through: string[]; rest: string[]; at: Entity } {
  let at = entity
  let i = 0
  for (; i < path.length; i++) {
    const nav = at.navs[path[i] ?? '']
    if (!nav) break
    at = entities[nav.to]
  }
  return { through: path.slice(0, i), rest: path.slice(i), at }
}

const fail = (message: string): never => {
  throw new ODataError(message)
}

interface Chain {
  aliases: Map<string, { alias: string; entity: Entity }>
  from: RawSql[]
  where: RawSql[]
}

/** Opens a table for each step of the paths; those with the same beginning share it. */
function chainOf(scope: Scope, paths: readonly (readonly string[])[]): Chain {
  const chain: Chain = { aliases: new Map([['', { alias: scope.alias, entity: scope.entity }]]), from: [], where: [] }
  for (const path of paths) {
    for (let i = 1; i <= path.length; i++) {
      const key = path.slice(0, i).join('/')
      if (chain.aliases.has(key)) continue
      const before = chain.aliases.get(path.slice(0, i - 1).join('/'))
      const nav = before?.entity.navs[path[i - 1] ?? '']
      if (!before || !nav) return fail(`${key} leads nowhere`)
      const entity = entities[nav.to]
      const alias = scope.fresh()
      chain.aliases.set(key, { alias, entity })
      chain.from.push(sql`${entity.view} as ${sql.ref(alias)}`)
      chain.where.push(nav.join(before.alias, alias), sight(entity, alias, scope.caller))
    }
  }
  return chain
}

export function pathsIn(expr: Expr): string[][] {
  switch (expr.kind) {
    case 'path':
      return [expr.steps]
    case 'call':
      return expr.args.flatMap(pathsIn)
    case 'binary':
      return [...pathsIn(expr.left), ...pathsIn(expr.right)]
    case 'not':
    case 'in':
      return pathsIn(expr.of)
    default:
      return []
  }
}

export function conditionOf(expr: Expr, scope: Scope): RawSql {
  if (expr.kind === 'binary' && (expr.op === 'and' || expr.op === 'or')) {
    const [left, right] = [conditionOf(expr.left, scope), conditionOf(expr.right, scope)]
    return expr.op === 'and' ? sql`(${left} and ${right})` : sql`(${left} or ${right})`
  }
  if (expr.kind === 'not') return sql`(not coalesce(${conditionOf(expr.of, scope)}, false))`
  const throughs = pathsIn(expr)
    .map((p) => stepsOf(scope.entity, p).through)
    .filter((t) => t.length > 0)
  const chain = chainOf(scope, throughs)
  const inner = truthOf(expr, scope, chain)
  if (chain.from.length === 0) return inner
  return sql`exists (select from ${sql.join(chain.from)} where ${sql.join([...chain.where, inner], sql` and `)})`
}

function truthOf(expr: Expr, scope: Scope, chain: Chain): RawSql {
  const value = valueIn(expr, scope, chain)
  if (value.type === 'bool') return value.sql
  if (value.type === 'json' || value.type === 'any') return sql`coalesce((${value.sql}) = 'true'::jsonb, false)`
  return fail('the filter is neither true nor false')
}

/** A value to sort by. A path through other entities takes the first of them. */
export function sortOf(expr: Expr, scope: Scope): RawSql {
  const throughs = pathsIn(expr)
    .map((p) => stepsOf(scope.entity, p).through)
    .filter((t) => t.length > 0)
  const chain = chainOf(scope, throughs)
  const value = valueIn(expr, scope, chain)
  // By code points, whatever the machine's language is; a shape by its text, for nobody knows which of two is the greater.
  const inner =
    value.type === 'text'
      ? sql`(${value.sql}) collate "C"`
      : value.type === 'geo'
        ? sql`(${value.sql})::text collate "C"`
        : value.sql
  if (chain.from.length === 0) return inner
  return sql`(select ${inner} from ${sql.join(chain.from)} where ${sql.join(chain.where, sql` and `)} limit 1)`
}

function valueIn(expr: Expr, scope: Scope, chain: Chain): Value {
  switch (expr.kind) {
    case 'path':
      return pathValue(expr.steps, scope, chain)
    case 'call':
      return callValue(expr, scope, chain)
    case 'binary':
      return binaryValue(expr, scope, chain)
    case 'not':
      return { type: 'bool', sql: sql`(not ${truthOf(expr.of, scope, chain)})` }
    case 'in': {
      const of = valueIn(expr.of, scope, chain)
      const each = expr.list.map((item) => compared('eq', of, literalValue(item)))
      return { type: 'bool', sql: sql`(${sql.join(each, sql` or `)})` }
    }
    default:
      return literalValue(expr)
  }
}

function literalValue(l: Literal): Value {
  switch (l.kind) {
    case 'number':
      return { type: 'number', sql: sql`${l.value}::float8`, literal: l }
    case 'text':
      return { type: 'text', sql: sql`${l.value}::text`, literal: l }
    case 'bool':
      return { type: 'bool', sql: sql`${l.value}::boolean`, literal: l }
    case 'null':
      return { type: 'null', sql: sql`null`, literal: l }
    case 'time':
      return { type: 'time', sql: sql`${new Date(l.value)}::timestamptz`, literal: l }
    case 'interval':
      return {
        type: 'interval',
        sql: sql`${new Date(l.from)}::timestamptz`,
        end: sql`${new Date(l.to)}::timestamptz`,
        literal: l,
      }
    case 'duration':
      if (!/^-?P(?=.)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])+)?$/.test(l.value)) return fail(`${l.value} is no duration`)
      return { type: 'duration', sql: sql`${l.value}::interval`, literal: l }
    case 'geo':
      return { type: 'wkt', sql: sql`${l.value}::text`, literal: l }
  }
}

function pathValue(steps: readonly string[], scope: Scope, chain: Chain): Value {
  const { through, rest, at } = stepsOf(scope.entity, steps)
  const there = chain.aliases.get(through.join('/'))
  const [name = '', ...inner] = rest
  if (!there) return fail(`${steps.join('/')} leads nowhere`)
  if (name === 'id' || name === '@iot.id') return { type: 'number', sql: sql`${sql.ref(`${there.alias}.id`)}` }
  const prop = Object.hasOwn(at.props, name) ? at.props[name] : undefined
  if (!prop) return fail(name === '' ? `${steps.join('/')} is no property` : `${at.name} has no property ${name}`)
  const value = prop.sql(there.alias)
  if (prop.type === 'json' || prop.type === 'geo' || (prop.type === 'any' && inner.length > 0)) {
    const json = inner.length > 0 ? sql`(${value} #> ${inner}::text[])` : value
    return { type: inner.length > 0 ? 'json' : prop.type, sql: json, text: sql`(${json} #>> '{}')` }
  }
  if (inner.length > 0) return fail(`${name} has no parts`)
  if (prop.type === 'any') return { type: 'any', sql: value, text: sql`(${value} #>> '{}')` }
  return { type: prop.type, sql: value, ...(prop.end ? { end: prop.end(there.alias) } : {}) }
}

/** JSON is what it is compared with: a number where it is one, else its text. */
function as(type: 'number' | 'text' | 'bool' | 'time', v: Value): RawSql {
  if (v.type === type) return v.sql
  const json = v.type === 'json' || v.type === 'any'
  if (type === 'number' && json) return sql`(case when jsonb_typeof(${v.sql}) = 'number' then (${v.sql})::float8 end)`
  if (type === 'bool' && json) return sql`(case when jsonb_typeof(${v.sql}) = 'boolean' then (${v.sql})::boolean end)`
  if (type === 'text' && json) return sql`${v.text ?? v.sql}`
  if (type === 'text' && v.type === 'number' && v.literal === undefined) return sql`(${v.sql})::text`
  if (type === 'time' && v.type === 'interval') return v.sql
  if (type === 'time' && v.type === 'text' && v.literal?.kind === 'text') {
    const at = Date.parse(v.literal.value)
    if (!Number.isNaN(at)) return sql`${new Date(at)}::timestamptz`
  }
  if (type === 'time' && json)
    return sql`(case when ${v.text ?? sql`null`} ~ '^\\d{4}-\\d{2}-\\d{2}T' then (${v.text ?? sql`null`})::timestamptz end)`
  return fail(`a ${type} is wanted where a ${v.type} stands`)
}

const signs: Readonly<Record<string, RawSql>> = {
  eq: sql`=`,
  ne: sql`<>`,
  gt: sql`>`,
  ge: sql`>=`,
  lt: sql`<`,
  le: sql`<=`,
}
const signOf = (op: string): RawSql => signs[op] ?? fail(`${op} is no comparison`)

function compared(op: Operator, l: Value, r: Value): RawSql {
  const sign = signOf(op)
  if (l.type === 'null' || r.type === 'null') {
    const other = l.type === 'null' ? r : l
    const none =
      other.type === 'json' || other.type === 'any'
        ? sql`coalesce(${other.sql}, 'null'::jsonb) = 'null'::jsonb`
        : sql`${other.sql} is null`
    if (op === 'eq') return sql`(${none})`
    if (op === 'ne') return sql`(not (${none}))`
    return sql`false`
  }
  const types = new Set([l.type, r.type])
  if (types.has('interval')) return spanCompared(op, l, r)
  const json = (v: Value) => v.type === 'json' || v.type === 'any'
  const type = types.has('time')
    ? 'time'
    : types.has('number')
      ? 'number'
      : types.has('bool')
        ? 'bool'
        : types.has('text')
          ? 'text'
          : json(l) && json(r)
            ? 'json'
            : types.has('duration')
              ? 'duration'
              : fail(`a ${l.type} and a ${r.type} cannot be compared`)
  if (type === 'json') {
    return op === 'eq' || op === 'ne'
      ? sql`(${l.sql} ${sign} ${r.sql})`
      : sql`(${as('number', l)} ${sign} ${as('number', r)})`
  }
  if (type === 'duration') {
    if (l.type !== 'duration' || r.type !== 'duration') return fail('a duration is compared with a duration')
    return sql`(${l.sql} ${sign} ${r.sql})`
  }
  const [a, b] = [as(type, l), as(type, r)]
  // What is not there is different from everything that is.
  if (op === 'ne') return sql`(${a} is distinct from ${b})`
  // Words as a person sorts them would depend on the machine; the code points do not.
  if (type === 'text' && op !== 'eq') return sql`(${a} collate "C" ${sign} ${b} collate "C")`
  return sql`(${a} ${sign} ${b})`
}

const startAndEnd = (v: Value): { start: RawSql; end: RawSql } => {
  const start = as('time', v)
  return { start, end: v.end ? sql`coalesce(${v.end}, ${start})` : start }
}

/** How two stretches of time lie, an instant being one without length. */
function spanRelated(how: 'meets' | 'overlaps' | 'starts' | 'finishes', l: Value, r: Value): RawSql {
  const [a, b] = [startAndEnd(l), startAndEnd(r)]
  switch (how) {
    case 'meets':
      return sql`(${a.end} = ${b.start} or ${a.start} = ${b.end})`
    case 'overlaps':
      return sql`(${a.start} < ${b.end} and ${b.start} < ${a.end} or ${a.start} = ${b.start} and ${a.end} = ${b.end})`
    case 'starts':
      return sql`(${a.start} = ${b.start})`
    case 'finishes':
      return sql`(${a.end} = ${b.end})`
  }
}

/** An instant and a stretch of time, or two of them: before means that all of it lies before. */
function spanCompared(op: Operator, l: Value, r: Value): RawSql {
  const [a, b] = [startAndEnd(l), startAndEnd(r)]
  switch (op) {
    case 'eq':
      return sql`(${a.start} = ${b.start} and ${a.end} = ${b.end})`
    case 'ne':
      return sql`(${a.start} is distinct from ${b.start} or ${a.end} is distinct from ${b.end})`
    case 'lt':
      return l.type === 'interval' && r.type !== 'interval'
        ? sql`(${a.end} <= ${b.start} and ${a.start} < ${b.start})`
        : sql`(${a.end} <= ${b.start} and ${a.start} < ${b.end})`
    case 'le':
      return sql`(${a.start} <= ${b.start} and ${a.end} <= ${b.end})`
    case 'gt':
      return sql`(${a.start} >= ${b.end} and ${a.end} > ${b.start})`
    case 'ge':
      return sql`(${a.start} >= ${b.start} and ${a.end} >= ${b.end})`
    default:
      return fail(`${op} says nothing of times`)
  }
}

function binaryValue({ op, left, right }: Extract<Expr, { kind: 'binary' }>, scope: Scope, chain: Chain): Value {
  if (op === 'and' || op === 'or') {
    const [l, r] = [truthOf(left, scope, chain), truthOf(right, scope, chain)]
    return { type: 'bool', sql: op === 'and' ? sql`(${l} and ${r})` : sql`(${l} or ${r})` }
  }
  const [l, r] = [valueIn(left, scope, chain), valueIn(right, scope, chain)]
  if (Object.hasOwn(signs, op)) return { type: 'bool', sql: compared(op, l, r) }
  if (r.type === 'duration' && (op === 'add' || op === 'sub')) {
    if (l.type === 'duration')
      return { type: 'duration', sql: op === 'add' ? sql`(${l.sql} + ${r.sql})` : sql`(${l.sql} - ${r.sql})` }
    const at = as('time', l)
    return { type: 'time', sql: op === 'add' ? sql`(${at} + ${r.sql})` : sql`(${at} - ${r.sql})` }
  }
  const isTime = (v: Value) => v.type === 'time' || v.type === 'interval'
  if (op === 'sub' && isTime(l) && isTime(r))
    return { type: 'duration', sql: sql`(${as('time', l)} - ${as('time', r)})` }
  const [a, b] = [as('number', l), as('number', r)]
  const math: Record<string, RawSql> = {
    add: sql`(${a} + ${b})`,
    sub: sql`(${a} - ${b})`,
    mul: sql`(${a} * ${b})`,
    div: sql`(${a} / nullif(${b}, 0))`,
    mod: sql`mod((${a})::numeric, nullif((${b})::numeric, 0))::float8`,
  }
  return { type: 'number', sql: math[op] ?? fail(`${op} is no operator`) }
}

const part = (name: string, from: RawSql): Value => ({
  type: 'number',
  sql: sql`extract(${sql.raw(name)} from (${from}) at time zone 'UTC')::float8`,
})

function callValue(expr: Extract<Expr, { kind: 'call' }>, scope: Scope, chain: Chain): Value {
  const { name, args } = expr
  const reckoned = scope.reckoned.get(expr)
  if (reckoned) return reckonedValue(expr, reckoned, scope, chain)
  const count = (least: number, most = least): void => {
    if (args.length < least || args.length > most)
      fail(`${name} takes ${least === most ? least : `${least} to ${most}`} arguments`)
  }
  const arg = (i: number): Value => valueIn(args[i] ?? fail(`${name} lacks an argument`), scope, chain)
  const text = (i: number): RawSql => as('text', arg(i))
  const number = (i: number): RawSql => as('number', arg(i))
  const time = (i: number): RawSql => as('time', arg(i))
  const bool = (s: RawSql): Value => ({ type: 'bool', sql: sql`coalesce(${s}, false)` })
  switch (name) {
    case 'substringof':
      count(2)
      return bool(sql`(strpos(${text(1)}, ${text(0)}) > 0)`)
    case 'contains':
      count(2)
      return bool(sql`(strpos(${text(0)}, ${text(1)}) > 0)`)
    case 'startswith':
      count(2)
      return bool(sql`starts_with(${text(0)}, ${text(1)})`)
    case 'endswith':
      count(2)
      return bool(sql`(right(${text(0)}, length(${text(1)})) = ${text(1)})`)
    case 'length':
      count(1)
      return { type: 'number', sql: sql`length(${text(0)})::float8` }
    case 'indexof':
      count(2)
      return { type: 'number', sql: sql`(strpos(${text(0)}, ${text(1)}) - 1)::float8` }
    case 'substring':
      count(2, 3)
      return {
        type: 'text',
        sql:
          args.length === 2
            ? sql`substr(${text(0)}, greatest(0, ${number(1)})::int + 1)`
            : sql`substr(${text(0)}, greatest(0, ${number(1)})::int + 1, greatest(0, ${number(2)})::int)`,
      }
    case 'tolower':
      count(1)
      return { type: 'text', sql: sql`lower(${text(0)})` }
    case 'toupper':
      count(1)
      return { type: 'text', sql: sql`upper(${text(0)})` }
    case 'trim':
      count(1)
      return { type: 'text', sql: sql`btrim(${text(0)})` }
    case 'concat':
      count(2)
      return { type: 'text', sql: sql`(${text(0)} || ${text(1)})` }
    case 'round':
      count(1)
      // Halves away from zero, as OData has them; the database rounds doubles to even.
      return { type: 'number', sql: sql`round((${number(0)})::numeric)::float8` }
    case 'floor':
    case 'ceiling':
      count(1)
      return { type: 'number', sql: name === 'floor' ? sql`floor(${number(0)})` : sql`ceil(${number(0)})` }
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
    case 'minute':
      count(1)
      return part(name, time(0))
    case 'second':
      count(1)
      return { type: 'number', sql: sql`floor(${part('second', time(0)).sql})` }
    case 'fractionalseconds':
      count(1)
      return { type: 'number', sql: sql`mod((${part('second', time(0)).sql})::numeric, 1)::float8` }
    case 'date':
      count(1)
      return { type: 'time', sql: sql`(date_trunc('day', (${time(0)}) at time zone 'UTC') at time zone 'UTC')` }
    case 'time':
      count(1)
      return { type: 'text', sql: sql`to_char((${time(0)}) at time zone 'UTC', 'HH24:MI:SS')` }
    case 'totaloffsetminutes':
      count(1)
      time(0)
      return { type: 'number', sql: sql`0::float8` }
    case 'now':
      count(0)
      return { type: 'time', sql: sql`now()` }
    case 'mindatetime':
      count(0)
      return { type: 'time', sql: sql`'-infinity'::timestamptz` }
    case 'maxdatetime':
      count(0)
      return { type: 'time', sql: sql`'infinity'::timestamptz` }
    case 'before':
    case 'after':
    case 'during':
    case 'meets':
    case 'overlaps':
    case 'starts':
    case 'finishes': {
      count(2)
      const [l, r] = [arg(0), arg(1)]
      if (name === 'meets' || name === 'overlaps' || name === 'starts' || name === 'finishes')
        return bool(spanRelated(name, l, r))
      if (name !== 'during') return bool(spanCompared(name === 'before' ? 'lt' : 'gt', l, r))
      if (!r.end) return fail('during wants a stretch of time')
      return bool(
        sql`(${as('time', l)} >= ${as('time', r)} and coalesce(${l.end ?? as('time', l)}, ${as('time', l)}) <= ${r.end})`,
      )
    }
    default:
      return fail(`there is no function ${name} here`)
  }
}

function reckonedValue(expr: Expr, { ids, values }: Reckoned, scope: Scope, chain: Chain): Value {
  const [path = []] = pathsIn(expr)
  const there = chain.aliases.get(stepsOf(scope.entity, path).through.join('/'))
  if (!there) return fail('the shape leads nowhere')
  const id = sql.ref(`${there.alias}.id`)
  if (values.every((v) => typeof v === 'boolean'))
    return { type: 'bool', sql: sql`(${id} = any(${ids.filter((_, i) => values[i] === true)}::int[]))` }
  return {
    type: 'number',
    sql: sql`(select u.v from unnest(${ids}::int[], ${values.map(Number)}::float8[]) as u (id, v) where u.id = ${id})`,
  }
}

export const shapeProps: Readonly<Partial<Record<EntityName, string>>> = {
  Location: 'location',
  FeatureOfInterest: 'feature',
  Datastream: 'observedArea',
}
