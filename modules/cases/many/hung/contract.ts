import { PointIn } from '@pentad/geography/contract'
import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { statuses } from '../../model/index.ts'
import { at, instant, Text, UnitNamed } from '../contract/shapes.ts'
import { hungLevels, hungStates } from './model.ts'

export const HungItem = z.object({
  id: z.uuid(),
  no: z.string(),
  level: z.enum(hungLevels),
  lon: z.number(),
  lat: z.number(),
  street: z.string(),
  place: z.string(),
  problem: z.string(),
  unit: UnitNamed,
  due: instant,
  state: z.enum(hungStates),
  hungAt: instant,
  clearedAt: instant.nullable(),
  relapses: z.number(),
  passesNeeded: z.number(),
  daysNeeded: z.number(),
  /** Passed one after the other up to now. */
  passes: z.number(),
  checks: z.number(),
  /** Cases within 50 m that were reported since it was hung. */
  cases: z.number(),
})

export const listHung = route({
  method: 'GET',
  path: '/hung-items',
  summary: '挂账点位 Black spots on the books',
  may: 'cases.read',
  query: z.object({ state: z.enum(hungStates).optional(), level: z.enum(hungLevels).optional() }),
  reply: z.object({
    items: z.array(HungItem),
    /** 比对: of the cases of the last `days` days in sight, those at a hung point; of the points, those with such a case. */
    comparison: z.object({
      days: z.number(),
      cases: z.number(),
      atHung: z.number(),
      points: z.number(),
      pointsHit: z.number(),
    }),
  }),
})

export const hangItem = route({
  method: 'POST',
  path: '/hung-items',
  summary: '挂账 Put a black spot on the books',
  may: 'cases.supervise',
  body: z.object({
    level: z.enum(hungLevels),
    point: PointIn,
    place: z.string().max(120).default(''),
    problem: z.string().trim().min(1).max(2000),
    unitId: z.string().max(64),
    due: at,
    passesNeeded: z.number().int().min(1).max(30).default(3),
    daysNeeded: z.number().int().min(0).max(365).default(14),
  }),
  reply: z.object({ id: z.uuid(), no: z.string() }),
})

export const readHung = route({
  method: 'GET',
  path: '/hung-items/:id',
  summary: '挂账点位详情 A black spot: its checks, and the cases at it',
  may: 'cases.read',
  about: 'hung-item',
  params: z.object({ id: z.uuid() }),
  reply: HungItem.extend({
    made: z.array(
      z.object({
        id: z.uuid(),
        at: instant,
        passed: z.boolean(),
        note: z.string(),
        by: z.string(),
        photos: z.number(),
      }),
    ),
    near: z.array(
      z.object({
        id: z.uuid(),
        no: z.string(),
        status: z.enum(statuses),
        className: Text,
        reportedAt: instant,
        distanceM: z.number(),
      }),
    ),
  }),
})

export const checkHung = route({
  method: 'POST',
  path: '/hung-items/:id/checks',
  summary: '挂账点位核查 Enter a check; enough passed ones clear it (销账), a failed one hangs it again',
  may: 'cases.check',
  about: 'hung-item',
  params: z.object({ id: z.uuid() }),
  body: z.object({
    at,
    passed: z.boolean(),
    note: z.string().max(2000).default(''),
    photoIds: z.array(z.uuid()).max(12).default([]),
  }),
  reply: z.object({ state: z.enum(hungStates), relapses: z.number() }),
})
