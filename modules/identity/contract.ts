import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { axes, roles } from './model.ts'

export const Membership = z.object({
  id: z.uuid(),
  unitId: z.string(),
  unitName: z.object({ 'zh-CN': z.string(), en: z.string() }),
  role: z.enum(roles),
  /** Area code prefixes. */
  areas: z.array(z.string()),
  validFrom: z.iso.date(),
  validTo: z.iso.date().nullable(),
})

export const Me = z.object({
  id: z.uuid(),
  login: z.string(),
  name: z.string(),
  memberships: z.array(Membership),
  /** Permissions over all memberships in force today. */
  may: z.array(z.string()),
  /** A second factor is enrolled. */
  secondFactor: z.boolean(),
  /** The post asks for a second factor that is not yet enrolled. */
  enrolmentDue: z.boolean(),
  /** The password was given by an administrator: until it is changed the session may do nothing else. */
  passwordDue: z.boolean(),
})

export const signIn = route({
  method: 'POST',
  path: '/session',
  summary: '登录 Sign in',
  may: 'public',
  perMinute: 30,
  foreign: true,
  body: z.object({
    login: z.string().min(1).max(64),
    password: z.string().min(1).max(256),
    /** Six digits of the authenticator, where the account has one. */
    code: z.string().max(12).optional(),
  }),
  reply: Me,
})

export const whoAmI = route({
  method: 'GET',
  path: '/session',
  summary: '当前登录人 Who am I',
  may: 'signed-in',
  reply: Me,
})

export const signOut = route({
  method: 'DELETE',
  path: '/session',
  summary: '退出 Sign out',
  may: 'signed-in',
  reply: z.object({ ended: z.literal(true) }),
})

export const changePassword = route({
  method: 'POST',
  path: '/session/password',
  summary: '修改密码 Change my password',
  may: 'signed-in',
  perMinute: 10,
  body: z.object({ current: z.string().max(256), next: z.string().min(10).max(256) }),
  reply: z.object({ changed: z.literal(true) }),
})

export const enrolSecondFactor = route({
  method: 'POST',
  path: '/session/second-factor',
  summary: '绑定动态口令 Enrol a second factor',
  may: 'signed-in',
  perMinute: 10,
  body: z.object({
    /** Left out: a secret is made and shown. Given: proves that the authenticator has it, and switches it on. */
    code: z.string().max(12).optional(),
  }),
  reply: z.object({ enrolled: z.boolean(), uri: z.string().nullable() }),
})

export const Unit = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  name: z.object({ 'zh-CN': z.string(), en: z.string() }),
  kind: z.string(),
  axis: z.enum(axes),
  areaCode: z.string(),
})

export const listUnits = route({
  method: 'GET',
  path: '/units',
  summary: '组织机构 Units',
  may: 'signed-in',
  reply: z.object({ units: z.array(Unit) }),
})

export const resetPassword = route({
  method: 'POST',
  path: '/people/:id/password',
  summary: '重置口令 Give a temporary password, shown once',
  may: 'identity.manage-people',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ password: z.string() }),
})

export const Person = z.object({
  id: z.uuid(),
  login: z.string(),
  name: z.string(),
  /** Masked. */
  phone: z.string().nullable(),
  lockedUntil: z.iso.datetime().nullable(),
  secondFactor: z.boolean(),
  /** Has a password at all; people whom a pack brought have none at first. */
  canSignIn: z.boolean(),
  memberships: z.array(Membership),
})

export const listPeople = route({
  method: 'GET',
  path: '/people',
  summary: '人员 People',
  may: 'identity.read-people',
  query: z.object({ q: z.string().max(64).optional() }),
  reply: z.object({ people: z.array(Person) }),
})

export const addPerson = route({
  method: 'POST',
  path: '/people',
  summary: '新增人员 Add a person',
  may: 'identity.manage-people',
  body: z.object({
    login: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,31}$/),
    name: z.string().min(1).max(64),
    phone: z.string().max(32).optional(),
    password: z.string().min(10).max(256),
  }),
  reply: z.object({ id: z.uuid() }),
})

export const addMembership = route({
  method: 'POST',
  path: '/people/:id/memberships',
  summary: '任职 Give a post',
  may: 'identity.manage-people',
  params: z.object({ id: z.uuid() }),
  body: z.object({
    unitId: z.string().max(64),
    role: z.enum(roles),
    areas: z.array(z.string().regex(/^\d{0,15}$/)).max(64),
    validFrom: z.iso.date(),
    validTo: z.iso.date().nullable(),
  }),
  reply: z.object({ id: z.uuid() }),
})

export const endMembership = route({
  method: 'POST',
  path: '/memberships/:id/end',
  summary: '免去任职 End a post',
  may: 'identity.manage-people',
  params: z.object({ id: z.uuid() }),
  body: z.object({ validTo: z.iso.date() }),
  reply: z.object({ ended: z.literal(true) }),
})

export const unlock = route({
  method: 'POST',
  path: '/people/:id/unlock',
  summary: '解锁账号 Unlock an account',
  may: 'identity.unlock',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ unlocked: z.literal(true) }),
})

export const readAudit = route({
  method: 'GET',
  path: '/audit',
  summary: '审计日志 Audit trail',
  may: 'identity.read-audit',
  query: z.object({ before: z.coerce.number().int().positive().optional(), act: z.string().max(64).optional() }),
  reply: z.object({
    entries: z.array(
      z.object({
        seq: z.number(),
        at: z.iso.datetime(),
        actor: z.string().nullable(),
        act: z.string(),
        about: z.string().nullable(),
        result: z.enum(['done', 'refused']),
        detail: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
})
