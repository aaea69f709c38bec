/** The webs' one way to the server: typed, in the reader's language, saying when the session has ended. */
import { type CallOptions, type Client, client, NoAnswer, Refused } from '@pentad/platform/client'
import type { Input, Reply, Route } from '@pentad/platform/contract'
import { newId } from '@pentad/platform/id'
import { language } from './i18n.ts'

const plain = client('', { language: () => language.value })

const signedOutListeners = new Set<() => void>()
/** Called when the server no longer knows the session. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener)
  return () => signedOutListeners.delete(listener)
}

async function noticing<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Refused && error.refusal.refused === 'platform/not-signed-in')
      for (const tell of signedOutListeners) tell()
    throw error
  }
}

/** Reads and simple writes. */
export const api: Client = ((route: Route, ...rest: unknown[]) =>
  noticing((plain as (...all: unknown[]) => Promise<unknown>)(route, ...rest))) as Client

/** Milliseconds to wait before each further try of a write that got no answer. */
export const retryWaits: readonly number[] = [500, 1500, 4000]
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Keys of writes that never got an answer: the same act again goes out under the same key, so that it happens once. */
const unanswered = new Map<string, string>()

/** A write that is sent again while no answer comes; the server does it once, however often it arrives. */
export async function write<T extends Route>(route: T, input: Input<T>, options: CallOptions = {}): Promise<Reply<T>> {
  const act = `${route.method} ${route.path} ${JSON.stringify(input)}`
  const key = options.key ?? unanswered.get(act) ?? newId()
  for (let tries = 0; ; tries++) {
    try {
      const reply = await (api as (...all: unknown[]) => Promise<Reply<T>>)(route, input, { ...options, key })
      unanswered.delete(act)
      return reply
    } catch (error) {
      const ms = retryWaits[tries]
      if (!(error instanceof NoAnswer)) {
        unanswered.delete(act)
        throw error
      }
      unanswered.set(act, key)
      if (ms === undefined || options.signal?.aborted) throw error
      await wait(ms)
    }
  }
}

export interface Explained {
  sentence: string
  code: string
  /** A key of `web.next` that says what to do. */
  next: 'retry' | 'sign-in' | 'ask' | 'correct'
}

/** What to show for anything that went wrong; the sentence of a refusal is the server's own. */
export function explain(error: unknown, say: (key: string) => string): Explained {
  if (error instanceof Refused) {
    const next =
      error.status === 401 ? 'sign-in' : error.status === 403 ? 'ask' : error.status >= 500 ? 'retry' : 'correct'
    return { sentence: error.title, code: error.refusal.refused, next }
  }
  if (error instanceof NoAnswer) return { sentence: say('web.error.noAnswer'), code: 'web/no-answer', next: 'retry' }
  return {
    sentence: say('web.error.broken'),
    code: error instanceof Error ? `web/${error.name}` : 'web/broken',
    next: 'retry',
  }
}
