import { type Db, errorCode, sql } from '@pentad/platform/db'
import { RefusalError, refuse } from '@pentad/platform/refusal'
import { type Context, type Raw, raw, serve } from '@pentad/platform/serve'
import { callerOf } from './caller.ts'
import { staChange, staCreate, staEnd, staRead, staReplace, staRoot } from './contract.ts'
import { createAt } from './create-at.ts'
import { type Entity, entities } from './entities.ts'
import { ODataError, type Query, queryOf, segmentsOf } from './odata.ts'
import { byId, count, list, one, refs } from './read.ts'
import { type Asking, idsOf, isBadQuestion, type Json, resolve, StaError } from './resolve.ts'
import type { Caller } from './sight.ts'
import { bodyOf, change, createMany, end, type Writing } from './write/index.ts'

const root = '/sta/v1.1'
const type = 'application/json; charset=utf-8'
const headers = { 'cache-control': 'private, no-store', vary: 'cookie, authorization' }
const said = (body: unknown, status = 200, more: Record<string, string> = {}): Raw =>
  raw({ raw: JSON.stringify(body), type, status, headers: { ...headers, ...more } })
const failed = (status: number, message: string): Raw => said({ code: status, type: 'error', message }, status)

const conformance = [
  'datamodel',
  'resource-path/resource-path-to-entities',
  'request-data',
  'create-update-delete/create-entity',
  'create-update-delete/link-to-existing-entities',
  'create-update-delete/deep-insert',
  'create-update-delete/deep-insert-status-code',
  'create-update-delete/update-entity',
  'create-update-delete/delete-entity',
  'create-update-delete/historical-location-auto-creation',
  'data-array/data-array',
  'create-observations-via-mqtt/observations-creation',
  'receive-updates-via-mqtt/receive-updates',
].map((name) => `http://www.opengis.net/spec/iot_sensing/1.1/req/${name}`)

const baseOf = (origin: string): string => `${origin}${root}`
const askingOf = (context: Context, caller: Caller): Asking => ({
  db: context.db,
  caller,
  base: baseOf(context.origin),
})

/** What was asked for wrongly is said in SensorThings' own way; all else is the platform's to say. */
async function answering(work: () => Promise<Raw>): Promise<Raw> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof StaError) return failed(error.status, error.message)
    if (isBadQuestion(error)) return failed(400, error.message)
    throw error
  }
}

/** Work that leaves nothing behind when it fails, while the transaction around it goes on. */
const savepointIn =
  (db: Db) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    await sql`savepoint sta`.execute(db)
    try {
      const done = await work()
      await sql`release savepoint sta`.execute(db)
      return done
    } catch (error) {
      await sql`rollback to savepoint sta`.execute(db)
      throw error
    }
  }

/** An address that says nothing known is not found, whoever asks. */
function readPath(path: string): ReturnType<typeof segmentsOf> {
  try {
    return segmentsOf(path)
  } catch (error) {
    if (error instanceof ODataError) throw new StaError(404, 'Nothing was found under this address.')
    throw error
  }
}
const knownSets = new Set([...Object.values(entities).map((e) => e.set), 'CreateObservations'])
function segmentsIn(path: string): ReturnType<typeof segmentsOf> {
  const segments = readPath(path)
  if (!segments[0] || !knownSets.has(segments[0].name)) throw new StaError(404, 'Nothing was found under this address.')
  return segments
}

async function answer(
  asking: Asking,
  path: string,
  words: Readonly<Record<string, string | readonly string[]>>,
): Promise<Raw> {
  const query: Query = queryOf(words)
  const { target, property, ending } = await resolve(asking, segmentsIn(path))
  if (ending === '$count') return raw({ raw: String(await count(asking, target, query)), type: 'text/plain', headers })
  if (ending === '$ref') {
    if (target.many) return said(await refs(asking, target, query, path))
    const found = await one(asking, target, { select: ['selfLink'] })
    return found ? said(found) : failed(404, 'Nothing was found under this address.')
  }
  if (target.many) return said(await list(asking, target, query, path))
  const [head, ...inner] = property
  if (head === undefined) {
    const found = await one(asking, target, query)
    return found ? said(found) : failed(404, 'Nothing was found under this address.')
  }
  return propertyAnswer(await one(asking, target, { select: [head] }), head, inner, ending === '$value')
}

function propertyAnswer(found: Json | undefined, head: string, inner: readonly string[], plain: boolean): Raw {
  if (!found) return failed(404, 'Nothing was found under this address.')
  const name = head === 'id' ? '@iot.id' : head
  let value: unknown = found[name]
  for (const step of inner) {
    const at = value
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step))
      return failed(404, 'Nothing was found under this address.')
    value = (at as Json)[step]
  }
  // A property that has no value has no content (OData 4, Part 1, §11.2.3).
  if (value === undefined || value === null) return raw({ raw: '', type, status: 204, headers })
  if (plain)
    return raw({
      raw: typeof value === 'object' ? JSON.stringify(value) : String(value),
      type: typeof value === 'object' ? type : 'text/plain; charset=utf-8',
      headers,
    })
  return said({ [inner.at(-1) ?? head]: value })
}

/** A page of another site must not write in the name of who is signed in here. */
function refuseForeignPage(context: Context): void {
  const origin = context.header('origin')
  if (
    origin &&
    origin !== 'null' &&
    context.sessionToken !== undefined &&
    new URL(origin).host !== new URL(context.origin).host
  )
    throw new RefusalError(refuse('platform/foreign-origin', { origin }))
}

const writing = async (context: Context, caller: Caller, work: (w: Writing) => Promise<Raw>): Promise<Raw> => {
  refuseForeignPage(context)
  try {
    return await savepointIn(context.db)(() => work({ db: context.db, caller, now: context.now }))
  } catch (error) {
    if (error instanceof StaError) return failed(error.status, error.message)
    if (isBadQuestion(error)) return failed(400, error.message)
    if (errorCode(error)?.startsWith('23')) return failed(409, 'This conflicts with what is there.')
    throw error
  }
}

/** The one entity that an address stands for, and its number. */
async function oneAt(asking: Asking, path: string): Promise<{ entity: Entity; id: number }> {
  const { target, property, ending } = await resolve(asking, segmentsIn(path))
  if (property.length > 0 || ending || target.many)
    throw new StaError(405, 'Only one entity at a time can be changed or ended.')
  const [id] = await idsOf(asking, target)
  if (id === undefined) throw new StaError(404, 'Nothing was found under this address.')
  return { entity: target.entity, id }
}

/** What is served, and what of the standard that is. */
function welcome({ origin }: Context): Raw {
  const base = baseOf(origin)
  return said({
    value: Object.values(entities).map(({ set }) => ({ name: set, url: `${base}/${set}` })),
    serverSettings: {
      conformance,
      'http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/data-array': { url: `${base}/CreateObservations` },
    },
  })
}

export const staRoutes = [
  serve(staRoot, async (_, context) => welcome(context)),

  serve(staRead, async ({ params, query }, context) =>
    answering(async () => {
      const path = params['*']
      if (path === '') return welcome(context)
      segmentsIn(path)
      return answer(askingOf(context, await callerOf(context)), path, query)
    }),
  ),

  serve(staCreate, async ({ params, body }, context) =>
    answering(async () => {
      const path = params['*']
      const [first] = segmentsIn(path)
      const caller = await callerOf(context)
      const asking = askingOf(context, caller)
      return writing(context, caller, async (w) => {
        if (first?.name === 'CreateObservations') {
          const made = await createMany(w, body, savepointIn(context.db))
          return said(
            made.map((id) => (id === undefined ? 'error' : `${asking.base}/Observations(${id})`)),
            201,
          )
        }
        const { entity, id } = await createAt(asking, w, segmentsIn(path), body)
        const location = `${asking.base}/${entity.set}(${id})`
        return said((await byId(asking, entity, id)) ?? { '@iot.id': id, '@iot.selfLink': location }, 201, {
          location,
        })
      })
    }),
  ),

  ...([staChange, staReplace] as const).map((contract) =>
    serve(contract, async ({ params, body }, context) =>
      answering(async () => {
        segmentsIn(params['*'])
        const caller = await callerOf(context)
        const asking = askingOf(context, caller)
        return writing(context, caller, async (w) => {
          const { entity, id } = await oneAt(asking, params['*'])
          await change(w, entity, id, bodyOf(body), contract.method === 'PUT')
          return said((await byId(asking, entity, id)) ?? {}, 200, { location: `${asking.base}/${entity.set}(${id})` })
        })
      }),
    ),
  ),

  serve(staEnd, async ({ params }, context) =>
    answering(async () => {
      segmentsIn(params['*'])
      const caller = await callerOf(context)
      return writing(context, caller, async (w) => {
        const { entity, id } = await oneAt(askingOf(context, caller), params['*'])
        await end(w, entity, id)
        return raw({ raw: '', type, status: 200, headers })
      })
    }),
  ),
]
