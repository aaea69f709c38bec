/** SensorThings over MQTT (§14): topics that make observations, and topics on which what is new is told. */
import { type Db, inTransaction } from '@pentad/platform/db'
import { RefusalError } from '@pentad/platform/refusal'
import { createAt } from './create-at.ts'
import { entities } from './entities.ts'
import { parseExact } from './exact.ts'
import { ODataError, type Query, queryOf, type Segment, segmentsOf } from './odata.ts'
import { byId, digestsBeyond, newestOf, one } from './read.ts'
import { type Asking, isBadQuestion, type Json, type Resolved, resolve, StaError } from './resolve.ts'
import { type Caller, seesAll } from './sight.ts'

interface Topic {
  segments: Segment[]
  query: Query
}
/** `v1.1/Datastreams(1)/Observations?$select=result` in its parts; undefined when it is no topic of ours. */
export function topicOf(topic: string): Topic | undefined {
  const found = /^v1\.[01]\/([^?]+)(?:\?(.*))?$/s.exec(topic)
  if (!found) return undefined
  try {
    const segments = segmentsOf(found[1] ?? '')
    const words = Object.fromEntries(new URLSearchParams((found[2] ?? '').replaceAll('+', '%2B')))
    return { segments, query: queryOf(words) }
  } catch (error) {
    if (error instanceof ODataError) return undefined
    throw error
  }
}

const askingFor = (db: Db, caller: Caller, base = ''): Asking => ({ db, caller, base })

/** Makes what was published; gives the code of a refusal, if it was one. What fails for want of the database is thrown. */
export async function createByTopic(
  db: Db,
  topic: string,
  payload: Uint8Array,
  caller: Caller,
  now = new Date(),
): Promise<string | undefined> {
  const read = topicOf(topic)
  // Only observations are made by topics (§14.1).
  if (read?.segments.at(-1)?.name !== 'Observations') return 'sta/not-allowed'
  let body: unknown
  try {
    body = parseExact(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return 'sta/not-json'
  }
  try {
    await inTransaction(db, (tx) => createAt(askingFor(tx, caller), { db: tx, caller, now }, read.segments, body))
    return undefined
  } catch (error) {
    if (error instanceof RefusalError) return 'sta/not-allowed'
    // What it may not see is not there for it.
    if (error instanceof StaError)
      return error.status === 403 || error.status === 404 ? 'sta/not-allowed' : 'sta/refused'
    if (isBadQuestion(error)) return 'sta/refused'
    throw error
  }
}

/**
 * May this caller listen? All who listen to a topic hear the same, so a set of everything is for those who see everything, and
 * what belongs to one thing for those who see that thing.
 */
export async function mayListen(db: Db, topic: string, caller: Caller): Promise<boolean> {
  const read = topicOf(topic)
  if (!read) return false
  try {
    const { target } = await resolve(askingFor(db, caller), read.segments)
    return seesAll(caller) || !target.many || target.from !== undefined
  } catch (error) {
    if (error instanceof StaError || isBadQuestion(error)) return false
    throw error
  }
}

/** Numbers are given before their rows are safe, and rows are changed: so many behind the newest are looked at again. */
const lookBack = 2000

const everything: Caller = {
  kind: 'person',
  actor: {
    id: 'topics',
    name: '',
    grants: [{ role: 'topics', unitId: '', areas: [''], units: [], may: ['sensing.read'] }],
  },
}

export interface Watch {
  /** What is new or was changed since the last look, as it is told. */
  news: () => Promise<string[]>
}

/** What is told on a topic: members of a set that are new or were changed (§14.2); a thing or a property of it when it was. */
export async function watchTopic(db: Db, base: string, topic: string): Promise<Watch | undefined> {
  const read = topicOf(topic)
  if (!read) return undefined
  const asking = askingFor(db, everything, base)
  const first = await resolve(asking, read.segments)
  return first.target.many ? watchSet(asking, first, read.query) : watchOne(asking, read, first)
}

async function watchSet(asking: Asking, found: Resolved, query: Query): Promise<Watch> {
  // Of a thing's past what is written; that it moves is told of its place.
  const target = { ...found.target, entity: entities[found.target.entity.name] }
  const { select, expand } = query
  const asked = { ...(select ? { select } : {}), ...(expand ? { expand } : {}) }
  // Older ones never come into view, though newer ones be taken away.
  const oldest = (await newestOf(asking, target.entity)) - lookBack
  const from = async (): Promise<number> => Math.max(oldest, (await newestOf(asking, target.entity)) - lookBack)
  const known = await digestsBeyond(asking, target, oldest)
  return {
    async news() {
      const out: string[] = []
      for (const [id, digest] of await digestsBeyond(asking, target, await from())) {
        if (known.get(id) === digest) continue
        const said = await byId(asking, target.entity, id, asked)
        known.set(id, digest)
        if (said) out.push(JSON.stringify(said))
      }
      for (const old of known.keys()) {
        if (known.size <= lookBack * 2) break
        known.delete(old)
      }
      return out
    },
  }
}

async function watchOne(asking: Asking, { query }: Topic, { target, property }: Resolved): Promise<Watch> {
  const [head] = property
  const look = async (): Promise<string | undefined> => {
    const found: Json | undefined = await one(asking, target, head === undefined ? query : { select: [head] })
    return found && JSON.stringify(found)
  }
  let before = await look()
  return {
    async news() {
      const now = await look()
      if (now === undefined || now === before) return []
      before = now
      return [now]
    },
  }
}
