/**
 * HTTP Basic for map programs that know no cookie. It is the ordinary sign-in: the same lock after failures, the same audit; the
 * session that it opens is used again by the same name and password, so that a hundred requests do not sign in a hundred times.
 */
import { digest } from '@pentad/platform/crypto'
import { inTransaction } from '@pentad/platform/db'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import type { Actor } from '@pentad/platform/rights'
import { type Context, nobody } from '@pentad/platform/serve'
import { authenticateWith, trySignIn } from './sign-in.ts'

/** By the digest of what the client sends; a process that has forgotten signs in again. */
const sessions = new Map<string, Promise<string>>()
const mostKept = 1000

/** Who asks: by the session's cookie, else by HTTP Basic; nobody when neither is there. */
export async function namedActor(context: Context): Promise<Actor> {
  const said = context.header('authorization')
  if (context.actor !== nobody || !said) return context.actor
  const name = digest(`${said}\n${context.settings.databaseUrl ?? ''}`)
  const authenticate = authenticateWith(context.settings.secondFactor)
  for (let tries = 0; tries < 2; tries++) {
    let token = sessions.get(name)
    if (!token) {
      token = signIn(said, context)
      sessions.set(name, token)
      token.catch(() => sessions.delete(name))
      for (const old of sessions.keys()) if (sessions.size > mostKept) sessions.delete(old)
    }
    const actor = await authenticate(context.db, await token, context.now)
    if (actor) return actor
    // The session has ended, or the password is another now.
    sessions.delete(name)
  }
  throw new RefusalError(refuse('platform/not-signed-in'))
}

async function signIn(said: string, context: Context): Promise<string> {
  const [scheme, encoded = ''] = said.split(' ')
  const [login = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  if (scheme?.toLowerCase() !== 'basic' || login === '') throw new RefusalError(refuse('platform/not-signed-in'))
  let token: string | undefined
  const setSession = (opened: string | null): void => {
    token = opened ?? undefined
  }
  // A refusal is returned, so that the failure is counted.
  granted(
    await inTransaction(context.db, (db) =>
      trySignIn({ login, password: rest.join(':') }, { ...context, db, setSession }),
    ),
  )
  if (!token) throw new RefusalError(refuse('platform/not-signed-in'))
  return token
}
