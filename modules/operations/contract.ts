import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { processRoles } from './model.ts'

export * from './data/contract.ts'
export * from './pack/contract.ts'

export const health = route({
  method: 'GET',
  path: '//healthz',
  summary: '存活 The process answers',
  may: 'public',
  reply: z.object({ alive: z.literal(true) }),
})

export const ready = route({
  method: 'GET',
  path: '//readyz',
  summary: '就绪 The database answers',
  may: 'public',
  reply: z.object({ ready: z.literal(true) }),
})

export const about = route({
  method: 'GET',
  path: '/about',
  summary: '关于本系统 What this installation is',
  may: 'public',
  reply: z.object({
    version: z.string(),
    kind: z.enum(['demo', 'empty']).nullable(),
    label: z.object({ 'zh-CN': z.string(), en: z.string() }),
    name: z.object({ 'zh-CN': z.string(), en: z.string() }),
  }),
})

export const listProcesses = route({
  method: 'GET',
  path: '/operations/processes',
  summary: '进程状态 Processes and their signs of life',
  may: 'operations.read',
  reply: z.object({
    processes: z.array(
      z.object({
        id: z.uuid(),
        role: z.enum(processRoles),
        host: z.string(),
        pid: z.number(),
        started: z.iso.datetime(),
        lastSeen: z.iso.datetime(),
        alive: z.boolean(),
        memoryBytes: z.number(),
      }),
    ),
    parkedNews: z.number(),
    failedJobs: z.number(),
  }),
})
