import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { loadStates } from './model.ts'

const Changes = z.object({ added: z.number(), changed: z.number(), retired: z.number(), same: z.number() })
const PartChanges = Changes.extend({ part: z.string(), title: z.string() })
const instant = z.iso.datetime()

export const PackLoad = z.object({
  id: z.uuid(),
  file: z.string(),
  bytes: z.number(),
  by: z.string(),
  sentAt: instant,
  state: z.enum(loadStates),
  /** The part at work, with its title in the caller's language. */
  progress: z.object({ title: z.string(), done: z.number(), of: z.number().nullable() }).nullable(),
  pack: z.string().nullable(),
  packVersion: z.string().nullable(),
  faultCount: z.number(),
  /** What it would change; once laid, what it changed. */
  changes: z.array(PartChanges),
  endedAt: instant.nullable(),
  error: z.string().nullable(),
})

export const listPackLoads = route({
  method: 'GET',
  path: '/operations/packs',
  summary: '城市包 Packs sent and the editions of the base data',
  may: 'operations.load-pack',
  reply: z.object({
    loads: z.array(PackLoad),
    editions: z.array(
      z.object({
        id: z.uuid(),
        number: z.number(),
        at: instant,
        kind: z.enum(['first', 'pack', 'census', 'edit']),
        by: z.string().nullable(),
        note: z.string(),
        pack: z.string().nullable(),
        packVersion: z.string().nullable(),
        changes: z.array(PartChanges),
      }),
    ),
  }),
})

export const sendPack = route({
  method: 'POST',
  path: '/operations/packs',
  summary: '上传城市包 Send a pack (zip) to be checked; nothing is loaded',
  may: 'operations.load-pack',
  query: z.object({ name: z.string().min(1).max(200) }),
  file: {
    types: ['application/zip', 'application/x-zip-compressed', 'application/octet-stream'],
    maxBytes: 400_000_000,
  },
  reply: z.object({ id: z.uuid() }),
})

export const readPackLoad = route({
  method: 'GET',
  path: '/operations/packs/:id',
  summary: '城市包检查结果 One pack with its faults',
  may: 'operations.load-pack',
  params: z.object({ id: z.uuid() }),
  reply: PackLoad.extend({
    /** By file and line; at most some hundred of each file. */
    faults: z.array(
      z.object({ file: z.string(), line: z.number().nullable(), code: z.string(), sentence: z.string() }),
    ),
  }),
})

export const startPackLoad = route({
  method: 'POST',
  path: '/operations/packs/:id/load',
  summary: '加载城市包 Load a pack that was checked: all or nothing, as a new edition',
  may: 'operations.load-pack',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ started: z.literal(true) }),
})

export const cancelPackLoad = route({
  method: 'POST',
  path: '/operations/packs/:id/cancel',
  summary: '取消加载 Cancel; what was begun is undone',
  may: 'operations.load-pack',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ cancelled: z.literal(true) }),
})

/** The template with its guide, as a zip to begin from. */
export const templatePack = route({
  method: 'GET',
  path: '/operations/packs/template',
  summary: '城市包模板 The template to begin from',
  may: 'operations.load-pack',
  replyType: 'application/zip',
})
