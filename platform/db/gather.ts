/** Calls that come while earlier ones are under way travel together: one round trip for many, and none waits when it is quiet. */

interface Waiting<Q, R> {
  asked: Q
  done: (reply: R) => void
  fail: (error: unknown) => void
}

export interface GatherOptions<Q> {
  /** At most so many in one batch. */
  most?: number
  /** Batches under way at once. */
  lanes?: number
  /** Calls that share one of these words never travel together. */
  apart?: (asked: Q) => readonly string[]
}

/**
 * `run` answers the calls of a batch in their order. When it throws, each call is tried again by itself, so that one bad
 * call harms no other.
 */
export function gathered<Q, R>(
  run: (asked: readonly Q[]) => Promise<readonly R[]>,
  { most = 64, lanes = 1, apart }: GatherOptions<Q> = {},
): (asked: Q) => Promise<R> {
  let waiting: Waiting<Q, R>[] = []
  let busy = 0

  /** Takes what may travel together; the rest waits for the next. */
  function next(): Waiting<Q, R>[] {
    const batch: Waiting<Q, R>[] = []
    const left: Waiting<Q, R>[] = []
    const taken = new Set<string>()
    for (const call of waiting) {
      const words = apart?.(call.asked) ?? []
      if (batch.length >= most || words.some((w) => taken.has(w))) left.push(call)
      else batch.push(call)
      // Also those left behind hold their words, or a later call would overtake them.
      for (const w of words) taken.add(w)
    }
    waiting = left
    return batch
  }

  async function alone(call: Waiting<Q, R>): Promise<void> {
    try {
      const [reply] = await run([call.asked])
      call.done(reply as R)
    } catch (error) {
      call.fail(error)
    }
  }

  async function travel(batch: Waiting<Q, R>[]): Promise<void> {
    busy++
    try {
      const replies = await run(batch.map((c) => c.asked))
      batch.forEach((call, i) => {
        call.done(replies[i] as R)
      })
    } catch (error) {
      if (batch.length === 1) batch[0]?.fail(error)
      else for (const call of batch) await alone(call)
    } finally {
      busy--
      if (waiting.length && busy < lanes) void travel(next())
    }
  }

  return (asked) =>
    new Promise<R>((done, fail) => {
      waiting.push({ asked, done, fail })
      if (busy < lanes) {
        // What is asked in the same turn of the loop goes along.
        if (waiting.length === 1)
          setImmediate(() => {
            if (waiting.length && busy < lanes) void travel(next())
          })
      }
    })
}

/** One gatherer for each database: tests have several in a process. */
export function perDatabase<K extends object, F>(make: (db: K) => F): (db: K) => F {
  const made = new WeakMap<K, F>()
  return (db) => {
    const known = made.get(db)
    if (known) return known
    const fresh = make(db)
    made.set(db, fresh)
    return fresh
  }
}
