/** One request of SensorThings, whether it comes alone or in a batch: a method, an address, a body; and its answer. */
import { type Db, errorCode, sql } from '@pentad/platform/db'
import { RefusalError, refuse } from '@pentad/platform/refusal'
import { type Context, type Raw, raw } from '@pentad/platform/serve'
import { createAt } from './create-at.ts'
import { type Entity, entities } from './entities.ts'
import { digitsOf } from './exact.ts'
import { PatchError } from './json-patch.ts'
import { ODataError, type Query, queryOf, type Segment, segmentsOf } from './odata.ts'
import { byId, count, list, one, refs } from './read.ts'
import { type Asking, idsOf, isBadQuestion, type Json, resolve, StaError } from './resolve.ts'
import type { Caller } from './sight.ts'
import { isTracked } from './tracked.ts'
import { bodyOf, change, changesOf, createMany, end, type Writing } from './write/index.ts'

const root = '/sta/v1.1'
const type = 'application/json; charset=utf-8'
const headers = { 'cache-control': 'private, no-store', vary: 'cookie, authorization' }
export const said = (body: unknown, status = 200, more: Record<string, string> = {}): Raw =>
  raw({ raw: JSON.stringify(body), type, status, headers: { ...headers, ...more } })
const failed = (status: number, message: string): Raw => said({ code: status, type: 'error', message }, status)
const nothing = (status: number): Raw => raw({ raw: '', type, status, headers })
const notFound = 'Nothing was found under this address.'

export const baseOf = (origin: string): string => `${origin}${root}`
export const askingOf = (context: Context, caller: Caller): Asking => ({
  db: context.db,
  caller,
  base: baseOf(context.origin),
})

export type Words = Readonly<Record<string, string | readonly string[]>>
export interface Order {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  path: string
  words: Words
  body?: unknown
  /** The body is a JSON Patch. */
  stepwise?: boolean
}

/** What was asked for wrongly is said in SensorThings' own way; all else is the platform's to say. */
export async function answering(work: () => Promise<Raw>): Promise<Raw> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StaError) return failed(error.status, error.message)
    if (isBadQuestion(error) || error instanceof PatchError) return failed(400, error.message)
    throw error
  }
}

/** Work that leaves nothing behind when it fails, while the transaction around it goes on. */
export const savepointIn =
  (db: Db) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    await sql`savepoint sta`.execute(db)
    try {
      const done = await work()
      await sql`release savepoint sta`.execute(db)
      return done
    } catch (error) {
      await sql`rollback to savepoint sta`.execute(db)
      await sql`release savepoint sta`.execute(db)
      throw error
    }
  }

/** An address that says nothing known is not found, whoever asks. */
function readPath(path: string): Segment[] {
  try {
    return segmentsOf(path)
  } catch (error) {
    if (error instanceof ODataError) throw new StaError(404, notFound)
    throw error
  }
}
const knownSets = new Set([...Object.values(entities).map((e) => e.set), 'CreateObservations'])
export function segmentsIn(path: string): Segment[] {
  const segments = readPath(path)
  if (!segments[0] || !knownSets.has(segments[0].name)) throw new StaError(404, notFound)
  return segments
}

async function read(asking: Asking, { path, words }: Order): Promise<Raw> {
  const query: Query = queryOf(words)
  const { target, property, ending } = await resolve(asking, segmentsIn(path))
  if (ending === '$count') return raw({ raw: String(await count(asking, target, query)), type: 'text/plain', headers })
  if (ending === '$ref') {
    if (target.many) return said(await refs(asking, target, query, path))
    const found = await one(asking, target, { select: ['selfLink'] })
    return found ? said(found) : failed(404, notFound)
  }
  if (target.many) return said(await list(asking, target, query, path))
  const [head, ...inner] = property
  if (head === undefined) {
    const found = await one(asking, target, query)
    return found ? said(found) : failed(404, notFound)
  }
  return propertyAnswer(await one(asking, target, { select: [head] }), head, inner, ending === '$value')
}

function propertyAnswer(found: Json | undefined, head: string, inner: readonly string[], plain: boolean): Raw {
  if (!found) return failed(404, notFound)
  const name = head === 'id' ? '@iot.id' : head
  let value: unknown = found[name]
  for (const step of inner) {
    const at = value
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return failed(404, notFound)
    value = (at as Json)[step]
  }
  // A property that has no value has no content (OData 4, Part 1, §11.2.3).
  if (value === undefined || value === null) return nothing(204)
  if (!plain) return said({ [inner.at(-1) ?? head]: value })
  const text = digitsOf(value) ?? (typeof value === 'object' ? undefined : String(value))
  return raw({
    raw: text ?? JSON.stringify(value),
    type: text === undefined ? type : 'text/plain; charset=utf-8',
    headers,
  })
}

/** A page of another site must not write in the name of who is signed in here. */
export function refuseForeignPage(context: Context): void {
  const origin = context.header('origin')
  if (
    origin &&
    origin !== 'null' &&
    context.sessionToken !== undefined &&
    new URL(origin).host !== new URL(context.origin).host
  )
    throw new RefusalError(refuse('platform/foreign-origin', { origin }))
}

/** The one entity that an address stands for, and its number. */
async function oneAt(asking: Asking, path: string): Promise<{ entity: Entity; id: number }> {
  const { target, property, ending } = await resolve(asking, segmentsIn(path))
  if (property.length > 0 || ending || target.many)
    throw new StaError(405, 'Only one entity at a time can be changed or ended.')
  const [id] = await idsOf(asking, target)
  if (id === undefined) throw new StaError(404, notFound)
  if (isTracked(target.entity)) throw new StaError(403, 'This is a track, and is kept as it was driven.')
  return { entity: target.entity, id }
}

async function write(asking: Asking, w: Writing, { method, path, body, stepwise }: Order): Promise<Raw> {
  const segments = segmentsIn(path)
  if (method === 'POST') {
    if (segments[0]?.name === 'CreateObservations') {
      const made = await createMany(w, body, savepointIn(w.db))
      return said(
        made.map((id) => (id === undefined ? 'error' : `${asking.base}/Observations(${id})`)),
        201,
      )
    }
    const { entity, id } = await createAt(asking, w, segments, body)
    const location = `${asking.base}/${entity.set}(${id})`
    return said((await byId(asking, entity, id)) ?? { '@iot.id': id, '@iot.selfLink': location }, 201, { location })
  }
  const { entity, id } = await oneAt(asking, path)
  if (method === 'DELETE') {
    await end(w, entity, id)
    return nothing(200)
  }
  const changes = stepwise ? changesOf(entity, (await byId(asking, entity, id)) ?? {}, body) : bodyOf(body)
  await change(w, entity, id, changes, method === 'PUT')
  return said((await byId(asking, entity, id)) ?? {}, 200, { location: `${asking.base}/${entity.set}(${id})` })
}

/** Carries out a request whose address was judged to be one; a write that cannot be done leaves nothing behind. */
export async function perform(context: Context, caller: Caller, order: Order): Promise<Raw> {
  const asking = askingOf(context, caller)
  if (order.method === 'GET') return read(asking, order)
  return answering(async () => {
    try {
      return await savepointIn(context.db)(() => write(asking, { db: context.db, caller, now: context.now }, order))
    } catch (error) {
      if (errorCode(error)?.startsWith('23')) return failed(409, 'This conflicts with what is there.')
      throw error
    }
  })
}
