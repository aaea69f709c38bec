/**
 * Several requests in one (§11, in the JSON of OData 4.01): done one after the other, answered in their order. What one made, a
 * later one may name by `$` and its id. Those of one atomicityGroup are done together or not at all.
 */
import type { Context, Raw } from '@pentad/platform/serve'
import { parseExact } from './exact.ts'
import { queryWords } from './odata-text.ts'
import { answering, baseOf, type Order, perform, said, savepointIn, segmentsIn } from './perform.ts'
import { StaError } from './resolve.ts'
import type { Caller } from './sight.ts'
import { bodyOf } from './write/index.ts'

const mostRequests = 1000
const methods: readonly string[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] satisfies Order['method'][]

interface Part {
  id: string
  group: string | undefined
  method: Order['method']
  url: string
  body: unknown
  stepwise: boolean
}
interface Answer {
  id: string
  atomicityGroup?: string
  status: number
  location?: string
  body?: unknown
}

function partOf(request: unknown): Part {
  const { id, atomicityGroup, method, url, body, headers } = bodyOf(request)
  const name = typeof id === 'number' ? String(id) : id
  if (typeof name !== 'string' || !/^[\w-]{1,100}$/.test(name)) throw new StaError(400, 'Each request has an id.')
  const upper = typeof method === 'string' ? method.toUpperCase() : ''
  if (!methods.includes(upper)) throw new StaError(400, `Request ${name} has no method that is known here.`)
  if (typeof url !== 'string') throw new StaError(400, `Request ${name} has no url.`)
  const types = Object.entries(typeof headers === 'object' && headers !== null ? headers : {}).filter(
    ([key]) => key.toLowerCase() === 'content-type',
  )
  return {
    id: name,
    group: typeof atomicityGroup === 'string' ? atomicityGroup : undefined,
    method: upper as Order['method'],
    url,
    body,
    stepwise: types.some(([, value]) => String(value).startsWith('application/json-patch+json')),
  }
}

function partsOf(body: unknown): Part[] {
  const { requests } = bodyOf(body)
  if (!Array.isArray(requests)) throw new StaError(400, 'A list of requests is wanted.')
  if (requests.length > mostRequests) throw new StaError(400, 'That is too much at once.')
  const parts = requests.map(partOf)
  if (new Set(parts.map((p) => p.id)).size < parts.length) throw new StaError(400, 'Two requests have the same id.')
  return parts
}

/** What was made so far: by the id of its request, the number and the address of it. */
type Made = Map<string, { id: number; path: string }>

/** A body in which `$x` as an id is the number of what request x made. */
function named(body: unknown, made: Made): unknown {
  if (Array.isArray(body)) return body.map((item) => named(item, made))
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => {
      const there =
        key === '@iot.id' && typeof value === 'string' && value.startsWith('$') ? made.get(value.slice(1)) : undefined
      return [key, there ? there.id : named(value, made)]
    }),
  )
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new StaError(400, 'A url in the batch is written wrongly.')
  }
}

/** `Things(1)?$select=name`, `/Things`, the whole address, or `$x/Datastreams`, as path and words. */
function addressOf(url: string, base: string, made: Made): { path: string; words: Order['words'] } {
  const [before = '', ...after] = url.split('?')
  const plain = before.startsWith(`${base}/`)
    ? before.slice(base.length)
    : before.replace(/^\/?(sta\/)?v1\.1(?=\/)/, '')
  const path = decoded(plain.replace(/^\/+/, '')).replace(
    /^\$([\w-]+)/,
    (whole, id: string) => made.get(id)?.path ?? whole,
  )
  return { path, words: queryWords(after.join('?')) }
}

async function done(context: Context, caller: Caller, part: Part, made: Made): Promise<Answer> {
  const base = baseOf(context.origin)
  const answer = await answering(async () => {
    const { path, words } = addressOf(part.url, base, made)
    segmentsIn(path)
    const { method, stepwise } = part
    const work = () => perform(context, caller, { method, path, words, stepwise, body: named(part.body, made) })
    // A question that the database cannot answer must not end what the others are done in.
    return method === 'GET' ? savepointIn(context.db)(work) : work()
  })
  const location = answer.headers?.location
  const number = location === undefined ? undefined : /\((\d+)\)$/.exec(location)?.[1]
  if (location !== undefined && number !== undefined)
    made.set(part.id, { id: Number(number), path: location.slice(base.length + 1) })
  const text = typeof answer.raw === 'string' ? answer.raw : ''
  return {
    id: part.id,
    ...(part.group === undefined ? {} : { atomicityGroup: part.group }),
    status: answer.status ?? 200,
    ...(location === undefined ? {} : { location }),
    ...(text === '' ? {} : { body: answer.type.startsWith('application/json') ? parseExact(text) : text }),
  }
}

/** An answer that undoes the others of its group. */
class Undone extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super('undone')
    this.answer = answer
  }
}

/** Those that belong together: an error in one of them undoes all. */
async function together(context: Context, caller: Caller, parts: readonly Part[], made: Made): Promise<Answer[]> {
  try {
    return await savepointIn(context.db)(async () => {
      const answers: Answer[] = []
      for (const part of parts) {
        const answer = await done(context, caller, part, made)
        if (answer.status >= 400) throw new Undone(answer)
        answers.push(answer)
      }
      return answers
    })
  } catch (error) {
    if (!(error instanceof Undone)) throw error
    for (const part of parts) made.delete(part.id)
    const wrong = error.answer
    return parts.map((part) =>
      part.id === wrong.id
        ? wrong
        : {
            id: part.id,
            ...(part.group === undefined ? {} : { atomicityGroup: part.group }),
            status: 424,
            body: { code: 424, type: 'error', message: `Request ${wrong.id} of the same group failed.` },
          },
    )
  }
}

export async function performBatch(context: Context, caller: Caller, body: unknown): Promise<Raw> {
  return answering(async () => {
    const parts = partsOf(body)
    const made: Made = new Map()
    const answers: Answer[] = []
    for (let i = 0; i < parts.length; ) {
      const part = parts[i]
      if (!part) break
      let end = i + 1
      if (part.group !== undefined) while (parts[end]?.group === part.group) end++
      const next = parts.slice(i, end)
      answers.push(
        ...(part.group === undefined
          ? [await done(context, caller, part, made)]
          : await together(context, caller, next, made)),
      )
      i = end
    }
    return said({ responses: answers })
  })
}
