import { randomBytes } from 'node:crypto'
import { hashPassword, hashToken, isPassword } from '@pentad/platform/crypto'
import { newId } from '@pentad/platform/id'
import { granted, isRefusal, refuse } from '@pentad/platform/refusal'
import { serve } from '@pentad/platform/serve'
import { legalDayOf } from '@pentad/platform/time'
import {
  addMembership,
  addPerson,
  changePassword,
  endMembership,
  enrolSecondFactor,
  listPeople,
  listUnits,
  readAudit,
  resetPassword,
  signIn,
  signOut,
  unlock,
  whoAmI,
} from './contract.ts'
import { maskPhone, privilegedRoles } from './model.ts'
import { noPassword } from './pack/people.ts'
import {
  addAudit,
  addMembershipRow,
  addPersonRow,
  allUnits,
  auditBefore,
  endSession,
  endSessions,
  lockPerson,
  membershipsOf,
  peopleLike,
  setFailures,
  setLastStep,
  setMembershipEnd,
  setPassword,
  setSecondFactor,
} from './queries.ts'
import { me, membershipOut, newSecret, secretUri, stepOfCode, trySignIn } from './sign-in.ts'

export const routes = [
  serve(signIn, async ({ body }, context) => {
    const person = await trySignIn(body, context)
    return isRefusal(person) ? person : me(person, context)
  }),

  serve(whoAmI, async (_, context) => me(granted(await lockPerson(context.db, context.actor.id)), context)),

  serve(signOut, async (_, { db, actor, address, sessionToken, setSession }) => {
    await endSession(db, hashToken(sessionToken ?? ''))
    await addAudit(db, { actorId: actor.id, act: 'sign-out', result: 'done', address })
    setSession(null)
    return { ended: true as const }
  }),

  serve(changePassword, async ({ body }, { db, actor, address, sessionToken }) => {
    const person = granted(await lockPerson(db, actor.id))
    const right = await isPassword(body.current, person.password)
    await addAudit(db, { actorId: actor.id, act: 'change-password', result: right ? 'done' : 'refused', address })
    if (!right) return refuse('identity/wrong-password')
    await setPassword(db, actor.id, await hashPassword(body.next))
    // Whoever knew the old one is out everywhere else.
    await endSessions(db, actor.id, hashToken(sessionToken ?? ''))
    return { changed: true as const }
  }),

  serve(enrolSecondFactor, async ({ body }, { db, actor, now, address }) => {
    const person = granted(await lockPerson(db, actor.id))
    if (person.totpConfirmed) return refuse('identity/already-enrolled')
    if (body.code === undefined) {
      const secret = newSecret()
      await setSecondFactor(db, actor.id, secret, null)
      return { enrolled: false, uri: secretUri(person.login, secret) }
    }
    const step = person.totpSecret ? stepOfCode(person, person.totpSecret, body.code, now) : undefined
    await addAudit(db, {
      actorId: actor.id,
      act: 'enrol-second-factor',
      result: step === undefined ? 'refused' : 'done',
      address,
    })
    if (step === undefined) return refuse('identity/wrong-code')
    await setSecondFactor(db, actor.id, person.totpSecret, now)
    await setLastStep(db, actor.id, step)
    return { enrolled: true, uri: null }
  }),

  serve(listUnits, async (_, { db }) => ({
    units: (await allUnits(db)).map((u) => ({
      id: u.id,
      parentId: u.parentId,
      name: { 'zh-CN': u.nameZh, en: u.nameEn },
      kind: u.kind,
      axis: u.axis,
      areaCode: u.areaCode,
    })),
  })),

  serve(listPeople, async ({ query }, { db, language }) => {
    const people = await peopleLike(db, query.q ?? '')
    const memberships = await membershipsOf(
      db,
      people.map((p) => p.id),
    )
    return {
      people: people.map((p) => ({
        id: p.id,
        login: p.login,
        name: language === 'en' ? p.nameEn : p.nameZh,
        phone: p.phone === null ? null : maskPhone(p.phone),
        lockedUntil: p.lockedUntil?.toISOString() ?? null,
        secondFactor: p.totpConfirmed !== null,
        canSignIn: p.password !== noPassword,
        memberships: memberships.filter((m) => m.personId === p.id).map(membershipOut),
      })),
    }
  }),

  serve(addPerson, async ({ body }, { db, actor, address }) => {
    const id = newId()
    const { login, name, phone = null, password } = body
    await addPersonRow(db, { id, login, nameZh: name, nameEn: name, phone, password: await hashPassword(password) })
    await addAudit(db, { actorId: actor.id, act: 'add-person', about: id, result: 'done', address, detail: { login } })
    return { id }
  }),

  serve(resetPassword, async ({ params }, { db, actor, now, address }) => {
    const person = granted(await lockPerson(db, params.id))
    const posts = await membershipsOf(db, [person.id], legalDayOf(now))
    // Whoever gives passwords must not come into the posts that watch over them.
    if (posts.some((m) => privilegedRoles.includes(m.role))) return refuse('identity/privileged-person')
    const password = randomBytes(9).toString('base64url')
    await setPassword(db, person.id, await hashPassword(password), true)
    await setFailures(db, person.id, 0, null)
    await endSessions(db, person.id)
    await addAudit(db, { actorId: actor.id, act: 'reset-password', about: person.id, result: 'done', address })
    return { password }
  }),

  serve(addMembership, async ({ params, body }, { db, actor, address }) => {
    // Whoever hands out posts must not take one for themselves (separated administrators, GB/T 22239 8.1.5).
    if (params.id === actor.id) return refuse('identity/own-post')
    granted(await lockPerson(db, params.id))
    const id = newId()
    await addMembershipRow(db, { id, personId: params.id, ...body })
    await addAudit(db, {
      actorId: actor.id,
      act: 'add-membership',
      about: params.id,
      result: 'done',
      address,
      detail: body,
    })
    return { id }
  }),

  serve(endMembership, async ({ params, body }, { db, actor, address }) => {
    granted((await setMembershipEnd(db, params.id, body.validTo)) || undefined)
    await addAudit(db, {
      actorId: actor.id,
      act: 'end-membership',
      about: params.id,
      result: 'done',
      address,
      detail: body,
    })
    return { ended: true as const }
  }),

  serve(unlock, async ({ params }, { db, actor, address }) => {
    granted(await lockPerson(db, params.id))
    await setFailures(db, params.id, 0, null)
    await addAudit(db, { actorId: actor.id, act: 'unlock', about: params.id, result: 'done', address })
    return { unlocked: true as const }
  }),

  serve(readAudit, async ({ query }, { db }) => ({
    entries: (await auditBefore(db, query.before ?? null, query.act ?? null)).map((e) => ({
      ...e,
      at: e.at.toISOString(),
    })),
  })),
]
