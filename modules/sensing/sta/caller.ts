/** Who asks SensorThings: staff by cookie or HTTP Basic, or a device by its own account. */
import { namedActor } from '@pentad/identity'
import { hashToken } from '@pentad/platform/crypto'
import { RefusalError, refuse } from '@pentad/platform/refusal'
import { type Actor, holds } from '@pentad/platform/rights'
import { type Context, nobody } from '@pentad/platform/serve'
import { accountOf } from '../registry/queries.ts'
import { guestActor } from './guest.ts'
import type { Caller } from './sight.ts'

export async function callerOf(context: Context): Promise<Caller> {
  return (await deviceCaller(context)) ?? (await personCaller(context))
}

async function personCaller(context: Context): Promise<Caller> {
  const actor = await whoAsks(context)
  if (actor === nobody) throw new RefusalError(refuse('platform/not-signed-in'))
  if (!holds(actor, 'sensing.read') && !holds(actor, 'sensing.manage-devices'))
    throw new RefusalError(refuse('platform/not-allowed', { may: 'sensing.read' }))
  return { kind: 'person', actor }
}

async function whoAsks(context: Context): Promise<Actor> {
  const named = await namedActor(context)
  if (named !== nobody || context.header('authorization') !== undefined) return named
  return (await guestActor(context.db, context.settings, context.now)) ?? nobody
}

/** A name that is no device's goes on to the sign-in of people. */
async function deviceCaller(context: Context): Promise<Caller | undefined> {
  const [scheme = '', encoded = ''] = (context.header('authorization') ?? '').split(' ')
  if (context.actor !== nobody || scheme.toLowerCase() !== 'basic') return undefined
  const [login = '', ...token] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const account = await accountOf(context.db, login)
  if (!account) return undefined
  if (hashToken(token.join(':')) !== account.tokenHash) throw new RefusalError(refuse('platform/not-signed-in'))
  return { kind: 'device', deviceId: account.deviceId, login }
}
