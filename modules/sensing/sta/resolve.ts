/** What an address stands for: rows of an entity under a condition, a property, an ending. */
import { type Db, errorCode, type RawSql, sql } from '@pentad/platform/db'
import { type Entity, entityOfSet, isOneOf, type Nav } from './entities.ts'
import { ShapeError } from './geometry.ts'
import { ODataError, type Segment } from './odata.ts'
import { type Caller, sight } from './sight.ts'
import { byNumber, isTracked, reachedFrom } from './tracked.ts'

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
  if (typeof id !== 'number' || id < 0 || !Number.isSafeInteger(id)) return notFound()
  const entity = byNumber(target.entity, id)
  if (id > largestId && entity.name !== 'Observation' && !isTracked(entity)) return notFound()
  const one: Target = {
    ...target,
    entity,
    many: false,
    where: (a) =>
      sql`(${target.where(a)} and ${entity.pin ? isOneOf(entity, a, [id]) : sql`${sql.ref(`${a}.id`)} = ${id}`})`,
  }
  if ((await idsOf(asking, one)).length === 0) return notFound()
  return one
}

async function follow(asking: Asking, target: Target, name: string, nav: Nav): Promise<Target> {
  const [id] = await idsOf(asking, target)
  if (id === undefined) return notFound()
  const { view } = target.entity
  const mine = (from: string): RawSql =>
    target.entity.pin ? isOneOf(target.entity, from, [id]) : sql`${sql.ref(`${from}.id`)} = ${id}`
  return {
    entity: reachedFrom(target.entity, name) ?? notFound(),
    many: nav.many,
    from: { entity: target.entity, id, nav: name },
    where: (a) => {
      const from = `${a}_from`
      return sql`exists (select from ${view} as ${sql.ref(from)} where ${mine(from)} and ${nav.join(from, a)})`
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
