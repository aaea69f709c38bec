/** Two open tabs must not send the same letter at once: a Web Lock, or a lease in the database where there are none. */
import { newId } from '@pentad/platform/id'
import type { PhoneStore } from './store.ts'

/** A tab that died holding the lease is waited for no longer than this, in milliseconds. */
const leaseMs = 60_000

interface Lease {
  holder: string
  until: number
}

/** Runs the work unless another tab runs it now; says whether it ran. `renew` is to be called between its parts. */
export async function alone(
  store: PhoneStore,
  work: (renew: () => Promise<void>) => Promise<void>,
  locks: LockManager | undefined = globalThis.navigator?.locks,
): Promise<boolean> {
  if (locks) {
    return locks.request(`${store.name}-round`, { ifAvailable: true }, async (lock) => {
      if (lock) await work(async () => {})
      return lock !== null
    })
  }
  const holder = newId()
  if (!(await takeLease(store, holder))) return false
  try {
    await work(async () => {
      await takeLease(store, holder)
    })
  } finally {
    await giveBack(store, holder)
  }
  return true
}

const takeLease = (store: PhoneStore, holder: string): Promise<boolean> =>
  store.transaction('rw', store.notes, async () => {
    const lease = await store.note<Lease>('lease')
    if (lease && lease.holder !== holder && lease.until > Date.now()) return false
    await store.keep('lease', { holder, until: Date.now() + leaseMs } satisfies Lease)
    return true
  })

const giveBack = (store: PhoneStore, holder: string): Promise<void> =>
  store.transaction('rw', store.notes, async () => {
    const lease = await store.note<Lease>('lease')
    if (lease?.holder === holder) await store.notes.delete('lease')
  })
