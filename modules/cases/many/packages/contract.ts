import { route } from '@pentad/platform/contract'
import { kinds } from '@pentad/rulebook/model'
import { z } from 'zod'
import { CaseLine } from '../../line/contract.ts'
import { at, ItemResult, instant, Text, UnitNamed } from '../contract/shapes.ts'
import { mostAtOnce } from './model.ts'

const Progress = z.object({
  all: z.number(),
  waiting: z.number(),
  working: z.number(),
  done: z.number(),
  checked: z.number(),
  away: z.number(),
  late: z.number(),
})
const Package = z.object({
  id: z.uuid(),
  no: z.string(),
  title: z.string(),
  leadUnit: UnitNamed,
  due: instant,
  note: z.string(),
  createdAt: instant,
  createdBy: z.string(),
  dispatchedAt: instant.nullable(),
  closedAt: instant.nullable(),
  closing: z.string().nullable(),
  progress: Progress,
})

/** Which open cases: by class, words, area, unit, lateness (按类别、主题、区域打包). */
const wanted = {
  kind: z.enum(kinds).optional(),
  /** A class, or the beginning of its code. */
  classCode: z.string().max(8).optional(),
  words: z.string().max(80).optional(),
  area: z
    .string()
    .regex(/^\d{2,15}$/)
    .optional(),
  unitId: z.string().max(64).optional(),
}
export const listPackages = route({
  method: 'GET',
  path: '/case-packages',
  summary: '打包交办列表 Packages with their progress',
  may: 'cases.read',
  query: z.object({ closed: z.enum(['0', '1']).default('0') }),
  reply: z.object({ packages: z.array(Package) }),
})

export const packageCandidates = route({
  method: 'GET',
  path: '/case-packages/candidates',
  summary: '可打包案件 Open cases that are in no package',
  may: 'cases.dispatch',
  query: z.object({
    ...wanted,
    late: z.enum(['0', '1']).default('0'),
    /** Those that wait for dispatch, or all that are not done. */
    stage: z.enum(['dispatch', 'open']).default('dispatch'),
  }),
  reply: z.object({ cases: z.array(CaseLine), more: z.number() }),
})

export const makePackage = route({
  method: 'POST',
  path: '/case-packages',
  summary: '新建打包交办 Bundle cases into one assignment',
  may: 'cases.dispatch',
  body: z.object({
    title: z.string().trim().min(1).max(120),
    leadUnitId: z.string().max(64),
    due: at,
    note: z.string().max(2000).default(''),
    caseIds: z.array(z.uuid()).min(1).max(mostAtOnce),
    /** How they were chosen, kept for whoever asks later. */
    chosenBy: z.object({ ...wanted, late: z.boolean().optional() }).optional(),
  }),
  reply: z.object({ id: z.uuid(), no: z.string(), results: z.array(ItemResult) }),
})

export const readPackage = route({
  method: 'GET',
  path: '/case-packages/:id',
  summary: '打包交办进度 A package: its cases as they are now, and its progress by unit and street',
  may: 'cases.read',
  about: 'case-package',
  params: z.object({ id: z.uuid() }),
  reply: Package.extend({
    cases: z.array(CaseLine),
    /** Members that lie outside the caller's sight. */
    hidden: z.number(),
    byUnit: z.array(z.object({ unit: UnitNamed.nullable(), progress: Progress })),
    byStreet: z.array(z.object({ code: z.string().nullable(), name: z.string(), progress: Progress })),
    /** The caller may change and dispatch it. */
    mayChange: z.boolean(),
  }),
})

export const changeMembers = route({
  method: 'POST',
  path: '/case-packages/:id/members',
  summary: '增减打包案件 Put cases into a package, or take them out',
  may: 'cases.dispatch',
  about: 'case-package',
  params: z.object({ id: z.uuid() }),
  body: z.object({
    add: z.array(z.uuid()).max(mostAtOnce).default([]),
    remove: z.array(z.uuid()).max(mostAtOnce).default([]),
  }),
  reply: z.object({ results: z.array(ItemResult) }),
})

export const dispatchPackage = route({
  method: 'POST',
  path: '/case-packages/:id/dispatch',
  summary: '打包派遣 Dispatch every case of the package that waits for it; the unit sees the package as one work item',
  may: 'cases.dispatch',
  about: 'case-package',
  params: z.object({ id: z.uuid() }),
  body: z.object({
    /** Units that help the lead unit with every case of it (协办). */
    coUnitIds: z.array(z.string().max(64)).max(8).default([]),
  }),
  reply: z.object({ results: z.array(ItemResult) }),
})

export const closePackage = route({
  method: 'POST',
  path: '/case-packages/:id/close',
  summary: '打包办结 Close a package whose cases are all over',
  may: 'cases.dispatch',
  about: 'case-package',
  params: z.object({ id: z.uuid() }),
  body: z.object({ closing: z.string().trim().min(1).max(2000) }),
  reply: z.object({ closedAt: instant }),
})
export const PackageBrief = z.object({
  id: z.uuid(),
  no: z.string(),
  title: z.string(),
  due: instant,
  leadUnit: Text,
})
