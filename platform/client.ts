/** The typed client that the webs, the phone and the tests share. Browser-safe. */
import { fullPath, type Input, isWrite, type Reply, type Route } from './contract.ts'
import { newId } from './id.ts'
import { type Refusal, RefusalError, refuse } from './refusal.ts'

export interface CallOptions {
  /** The same key sent again, even at once, does nothing twice. */
  key?: string
  /** For routes that take a file. */
  file?: Blob | Uint8Array
  fileType?: string
  signal?: AbortSignal
}
export interface ClientOptions {
  /** The language of refusals; `zh-CN` or `en`. */
  language?: () => string
  /** Sent with every call, for callers without a cookie jar. */
  headers?: Record<string, string>
  fetch?: typeof fetch
}

/** No answer came: the network, not the server, is the cause; the same call may be sent again with the same key. */
export class NoAnswer extends Error {
  constructor(cause: unknown) {
    super('no answer from the server', { cause })
    this.name = 'NoAnswer'
  }
}

/** A refusal with its sentence as the server put it. */
export class Refused extends RefusalError {
  readonly title: string
  constructor(refusal: Refusal, status: number, title: string) {
    super(refusal, status)
    this.title = title
  }
}

interface Parts {
  params?: Record<string, unknown>
  query?: Record<string, unknown>
  body?: unknown
}

export function client(base: string, options: ClientOptions = {}) {
  return async function call<T extends Route>(
    route: T,
    ...rest: unknown extends Input<T>
      ? [input?: undefined, options?: CallOptions]
      : [input: Input<T>, options?: CallOptions]
  ): Promise<Reply<T>> {
    const [input, { key, file, fileType, signal } = {}] = rest as [Parts | undefined, CallOptions?]
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
    const language = options.language?.()
    if (language) headers['accept-language'] = language
    if (isWrite(route.method)) headers['idempotency-key'] = key ?? newId()
    let body: string | Blob | Uint8Array | undefined
    if (file) {
      body = file
      headers['content-type'] = fileType ?? (file instanceof Blob ? file.type : 'application/octet-stream')
    } else if (input?.body !== undefined) {
      body = JSON.stringify(input.body)
      headers['content-type'] = 'application/json'
    }
    const url = base + pathOf(route.path, input?.params) + queryOf(input?.query)
    let response: Response
    try {
      response = await (options.fetch ?? fetch)(url, {
        method: route.method,
        headers,
        credentials: 'same-origin',
        ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
        ...(signal ? { signal } : {}),
      })
    } catch (cause) {
      throw new NoAnswer(cause)
    }
    if (!response.ok) throw await refusedBy(response)
    // An answer that breaks off says nothing about what was done.
    return (await response.json().catch((cause) => {
      throw new NoAnswer(cause)
    })) as Reply<T>
  }
}
export type Client = ReturnType<typeof client>

const pathOf = (path: string, params: Record<string, unknown> = {}): string =>
  fullPath(path).replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))

function queryOf(query: Record<string, unknown> = {}): string {
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue
    pairs.set(
      name,
      Array.isArray(value) ? value.join(',') : value instanceof Date ? value.toISOString() : String(value),
    )
  }
  const text = pairs.toString()
  return text ? `?${text}` : ''
}

async function refusedBy(response: Response): Promise<Refused | NoAnswer> {
  const problem = (await response.json().catch(() => undefined)) as
    | { code?: string; title?: string; facts?: Record<string, unknown> }
    | undefined
  // A gateway's own page instead of our problem: nobody decided anything, so it may be tried again.
  if (!problem?.code) return new NoAnswer(`HTTP ${response.status}`)
  return new Refused(refuse(problem.code, problem.facts ?? {}), response.status, problem.title ?? problem.code)
}
