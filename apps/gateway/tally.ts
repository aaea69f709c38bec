/** What could not be taken, counted in memory and added to the database's counts every second. */
import type { Db } from '@pentad/platform/db'
import type { Logger } from '@pentad/platform/log'
import { type RejectCount, recordRejects, recordUnknown, type UnknownCount } from '@pentad/sensing'

export interface Tally {
  reject: (protocol: string, code: string, address: string) => void
  unknown: (protocol: string, address: string) => void
  flush: () => Promise<void>
  stop: () => Promise<void>
}

/** Addresses come from strangers: no more different ones between two flushes; the rest are counted as `*`. */
const mostKeys = 500
const longestAddress = 64

export function createTally(db: Db, log: Logger, everyMs = 1000): Tally {
  let rejects = new Map<string, RejectCount>()
  let unknowns = new Map<string, UnknownCount>()

  function reject(protocol: string, code: string, from: string): void {
    const address = rejects.size < mostKeys ? clean(from) : '*'
    const key = `${protocol} ${code} ${address}`
    const now = new Date()
    const there = rejects.get(key)
    if (there) {
      there.count++
      there.lastAt = now
    } else rejects.set(key, { protocol, code, address, count: 1, firstAt: now, lastAt: now })
  }

  function unknown(protocol: string, from: string): void {
    reject(protocol, `${protocol}/unknown-device`, from)
    const address = clean(from)
    const key = `${protocol} ${address}`
    const now = new Date()
    const there = unknowns.get(key)
    if (there) {
      there.frames++
      there.lastAt = now
    } else if (unknowns.size < mostKeys) {
      unknowns.set(key, { protocol, address, frames: 1, firstAt: now, lastAt: now })
    }
  }

  async function flush(): Promise<void> {
    const [taken, strangers] = [rejects, unknowns]
    rejects = new Map()
    unknowns = new Map()
    try {
      await recordRejects(db, [...taken.values()])
      taken.clear()
      await recordUnknown(db, [...strangers.values()])
    } catch (error) {
      log.debug({ err: error }, 'counts wait for the database')
      for (const r of taken.values()) {
        const key = `${r.protocol} ${r.code} ${r.address}`
        const since = rejects.get(key)
        rejects.set(key, since ? { ...r, count: r.count + since.count, lastAt: since.lastAt } : r)
      }
      for (const u of strangers.values()) {
        const key = `${u.protocol} ${u.address}`
        const since = unknowns.get(key)
        unknowns.set(key, since ? { ...u, frames: u.frames + since.frames, lastAt: since.lastAt } : u)
      }
    }
  }

  let flushing: Promise<void> | undefined
  const timer = setInterval(() => {
    flushing ??= flush().finally(() => {
      flushing = undefined
    })
  }, everyMs)
  return {
    reject,
    unknown,
    flush,
    async stop() {
      clearInterval(timer)
      await flushing
      await flush()
    },
  }
}

/** NUL is no text to PostgreSQL, and what a stranger sends may be long. */
const clean = (address: string): string => address.replaceAll('\0', '').slice(0, longestAddress) || '?'
