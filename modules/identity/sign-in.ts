/** Signing in: one account, so many failures, a second factor where the post asks for it. Every try is in the audit trail. */
import { hashPassword, hashToken, isPassword, newToken } from '@pentad/platform/crypto'
import type { Db } from '@pentad/platform/db'
import { gathered, perDatabase } from '@pentad/platform/db/gather'
import { type Refusal, refuse } from '@pentad/platform/refusal'
import type { Actor } from '@pentad/platform/rights'
import type { Context } from '@pentad/platform/serve'
import { HOUR, legalDayOf, MINUTE } from '@pentad/platform/time'
import * as OTPAuth from 'otpauth'
import {
  areaPrefix,
  failuresAllowed,
  lockMinutes,
  permissionsOf,
  privilegedRoles,
  type Role,
  sessionHours,
  sessionIdleMinutes,
} from './model.ts'
import {
  addAudit,
  addSession,
  lockPersonByLogin,
  membershipsOf,
  type PersonRow,
  personByLogin,
  sessionsByHash,
  setFailures,
  setLastStep,
  touchSession,
} from './queries.ts'

const totp = (login: string, secret: string) =>
  new OTPAuth.TOTP({ issuer: 'Pentad', label: login, secret: OTPAuth.Secret.fromBase32(secret) })

export const newSecret = (): string => new OTPAuth.Secret({ size: 20 }).base32
export const secretUri = (login: string, secret: string): string => totp(login, secret).toString()

/** The 30-second step for which the code is right, a step early or late forgiven; undefined when it is wrong or was used. */
export function stepOfCode(
  person: Pick<PersonRow, 'login' | 'totpLastStep'>,
  secret: string,
  code: string,
  now: Date,
): number | undefined {
  const off = totp(person.login, secret).validate({
    token: code.replace(/\s/g, ''),
    timestamp: now.getTime(),
    window: 1,
  })
  if (off === null) return undefined
  const step = Math.floor(now.getTime() / 30_000) + off
  return person.totpLastStep !== null && step <= person.totpLastStep ? undefined : step
}

/** Spends as long on an unknown name as on a known one, so that names cannot be found out by the clock. */
const decoy = hashPassword('nobody has this password')

export async function trySignIn(
  { login, password, code }: { login: string; password: string; code?: string | undefined },
  { db, now, address, setSession }: Context,
): Promise<PersonRow | Refusal> {
  const person = await lockPersonByLogin(db, login)
  const no = async (refusal: Refusal): Promise<Refusal> => {
    await addAudit(db, {
      actorId: person?.id ?? null,
      act: 'sign-in',
      about: login,
      result: 'refused',
      address,
      detail: { why: refusal.refused },
    })
    return refusal
  }
  if (!person || person.disabled) {
    await isPassword(password, await decoy)
    return no(refuse('identity/wrong-password'))
  }
  if (person.lockedUntil && person.lockedUntil > now) {
    return no(
      refuse('identity/locked', {
        until: person.lockedUntil.toISOString(),
        minutes: Math.ceil((person.lockedUntil.getTime() - now.getTime()) / MINUTE),
      }),
    )
  }
  const failed = async (refused: string): Promise<Refusal> => {
    const failures = person.failures + 1
    const locks = failures >= failuresAllowed
    await setFailures(
      db,
      person.id,
      locks ? 0 : failures,
      locks ? new Date(now.getTime() + lockMinutes * MINUTE) : null,
    )
    return no(refuse(refused, { left: failuresAllowed - failures }))
  }
  if (!(await isPassword(password, person.password))) return failed('identity/wrong-password')
  if (person.totpSecret && person.totpConfirmed) {
    if (!code) return no(refuse('identity/second-factor-needed'))
    const step = stepOfCode(person, person.totpSecret, code, now)
    if (step === undefined) return failed('identity/wrong-code')
    await setLastStep(db, person.id, step)
  }
  if (person.failures || person.lockedUntil) await setFailures(db, person.id, 0, null)
  const token = newToken()
  await addSession(db, {
    tokenHash: hashToken(token),
    personId: person.id,
    at: now,
    ends: new Date(now.getTime() + sessionHours * HOUR),
    address,
  })
  await addAudit(db, { actorId: person.id, act: 'sign-in', about: login, result: 'done', address })
  setSession(token, sessionHours * 3600)
  return person
}

/** A session is marked as used at most this often: a write at every request would cost more than it tells. */
const touchEvery = 5 * MINUTE

/** Whoever asks at once asks together. The clock is that of the first: a batch is a matter of milliseconds. */
const sessions = perDatabase((db: Db) =>
  gathered(
    async (asked: readonly { tokenHash: string; now: Date }[]) => {
      const now = asked[0]?.now ?? new Date(0)
      const idleSince = new Date(now.getTime() - sessionIdleMinutes * MINUTE)
      const hashes = [...new Set(asked.map((a) => a.tokenHash))]
      const found = new Map(
        (await sessionsByHash(db, hashes, now, idleSince, legalDayOf(now))).map((s) => [s.tokenHash, s]),
      )
      return asked.map((a) => found.get(a.tokenHash))
    },
    { lanes: 2 },
  ),
)

/** Who holds a session token, with the rights of the posts in force today. */
export const authenticateWith =
  (secondFactor: 'required' | 'offered') =>
  async (db: Db, token: string, now: Date): Promise<Actor | undefined> => {
    const tokenHash = hashToken(token)
    const session = await sessions(db)({ tokenHash, now })
    if (!session) return undefined
    if (now.getTime() - session.lastUsed.getTime() > touchEvery) await touchSession(db, tokenHash, now)
    return {
      id: session.personId,
      name: session.nameZh,
      grants: session.memberships.map(({ unitId, role, areas, units }) => ({
        unitId,
        role,
        areas: areas.map(areaPrefix),
        units,
        may:
          session.passwordTemporary || withheld(secondFactor, role, session.totpConfirmed) ? [] : permissionsOf[role],
      })),
    }
  }

/**
 * An account by its name alone, with the rights of the posts in force today: for a door that the operator opens to strangers in
 * its name. Nobody signs in by it, and no session is opened.
 */
export const accountNamed =
  (secondFactor: 'required' | 'offered') =>
  async (db: Db, login: string, now: Date): Promise<Actor | undefined> => {
    const person = await personByLogin(db, login)
    if (!person || person.disabled) return undefined
    const memberships = await membershipsOf(db, [person.id], legalDayOf(now))
    return {
      id: person.id,
      name: person.nameZh,
      grants: memberships.map(({ unitId, role, areas, units }) => ({
        unitId,
        role,
        areas: areas.map(areaPrefix),
        units,
        may: person.passwordTemporary || withheld(secondFactor, role, person.totpConfirmed) ? [] : permissionsOf[role],
      })),
    }
  }

/** A privileged post without its second factor signs in, so that it can enrol one, but may do nothing else. */
const withheld = (secondFactor: 'required' | 'offered', role: Role, confirmed: Date | null): boolean =>
  secondFactor === 'required' && confirmed === null && privilegedRoles.includes(role)

export interface Me {
  id: string
  login: string
  name: string
  memberships: ReturnType<typeof membershipOut>[]
  may: string[]
  secondFactor: boolean
  enrolmentDue: boolean
  passwordDue: boolean
}

type MembershipRow = Awaited<ReturnType<typeof membershipsOf>>[number]
export const membershipOut = (m: MembershipRow) => ({
  id: m.id,
  unitId: m.unitId,
  unitName: { 'zh-CN': m.unitZh, en: m.unitEn },
  role: m.role,
  areas: m.areas,
  validFrom: m.validFrom,
  validTo: m.validTo,
})

export async function me(person: PersonRow, { db, now, settings, language }: Context): Promise<Me> {
  const memberships = await membershipsOf(db, [person.id], legalDayOf(now))
  return {
    id: person.id,
    login: person.login,
    name: language === 'en' ? person.nameEn : person.nameZh,
    memberships: memberships.map(membershipOut),
    may: [
      ...new Set(
        memberships.flatMap(({ role }) =>
          person.passwordTemporary || withheld(settings.secondFactor, role, person.totpConfirmed)
            ? []
            : permissionsOf[role],
        ),
      ),
    ],
    secondFactor: person.totpConfirmed !== null,
    enrolmentDue: person.totpConfirmed === null && memberships.some(({ role }) => privilegedRoles.includes(role)),
    passwordDue: person.passwordTemporary,
  }
}
