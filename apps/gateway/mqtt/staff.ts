/** People of the staff who listen over MQTT: the ordinary sign-in, with its lock after failures and its audit. */
import { namedActor } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { RefusalError } from '@pentad/platform/refusal'
import { type Actor, holds } from '@pentad/platform/rights'
import { type Context, nobody } from '@pentad/platform/serve'
import type { Settings } from '@pentad/platform/settings'
import { guestActor } from '@pentad/sensing'
import type { StaffSignIn } from './index.ts'

/** A stranger's sensor that tries every second must not fill the audit: who was refused is not looked at again for so long. */
const refusedForMs = 60_000
const mostRefused = 10_000

export function staffSignIn(db: Db, settings: Settings): StaffSignIn {
  const refused = new Map<string, number>()
  return async (login, password, remote): Promise<Actor | undefined> => {
    if (login === '' && password === '') return guestActor(db, settings, new Date())
    const key = `${remote} ${login}`
    if ((refused.get(key) ?? 0) > Date.now()) return undefined
    const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`
    // What the sign-in by name asks of a request, and no more.
    const context = {
      db,
      settings,
      actor: nobody,
      now: new Date(),
      address: remote,
      header: (name: string) => (name === 'authorization' ? authorization : undefined),
    } as unknown as Context
    try {
      const actor = await namedActor(context)
      if (holds(actor, 'sensing.read')) return actor
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error
    }
    refused.set(key, Date.now() + refusedForMs)
    for (const old of refused.keys()) if (refused.size > mostRefused) refused.delete(old)
    return undefined
  }
}
