/** Installation, processes, imports: the door for the server. */
import { hostname } from 'node:os'
import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { job } from '@pentad/platform/jobs'
import type { Logger } from '@pentad/platform/log'
import type { Messages, Module } from '@pentad/platform/module'
import { forgetOldCommands, sentencesOf } from '@pentad/platform/serve'
import { SECOND } from '@pentad/platform/time'
import { dataJobs, dataMessages, dataRoutes } from './data/index.ts'
import { type ProcessRole, signEverySeconds } from './model.ts'
import { packJobs } from './pack/jobs.ts'
import { packMessages } from './pack/messages.ts'
import { packRoutes } from './pack/routes.ts'
import { forgetProcess, signOfLife } from './queries.ts'
import { routes } from './routes.ts'

export {
  beginImport,
  endImport,
  type ImportKey,
  type ImportRow,
  importAdvanced,
  type LeftRow,
  leftAfter,
  leftByReason,
  lockImport,
} from './imports.ts'
export * from './pack/index.ts'
export { type InstallationRow, installation, markInstalled } from './queries.ts'

const messages: Messages = {
  'zh-CN': { ...packMessages['zh-CN'], ...dataMessages['zh-CN'] },
  en: { ...packMessages.en, ...dataMessages.en },
}

/** Shows that this process lives, until stopped. */
export function giveSigns(db: Db, role: ProcessRole, log: Logger): { stop: () => Promise<void> } {
  const id = newId()
  const started = new Date()
  const sign = () =>
    signOfLife(db, {
      id,
      role,
      host: hostname(),
      pid: process.pid,
      started,
      lastSeen: new Date(),
      memoryBytes: process.memoryUsage().rss,
    }).catch((error) => log.warn({ err: error }, 'no sign of life could be given'))
  void sign()
  const timer = setInterval(() => void sign(), signEverySeconds * SECOND)
  return {
    stop: async () => {
      clearInterval(timer)
      await forgetProcess(db, id).catch(() => undefined)
    },
  }
}

/** The topmost module; it serves what those below have in common, such as the parts of a city pack. */
export function operationsOver(below: readonly Module[]): Module {
  const parts = below.flatMap((m) => m.pack ?? [])
  const sentences = sentencesOf([...below.flatMap((m) => m.messages ?? []), messages])
  return {
    name: 'operations',
    migrations: new URL('./migrations/', import.meta.url),
    routes: [...routes, ...packRoutes(parts, sentences), ...dataRoutes(below)],
    jobs: [
      job({
        name: 'operations.forget',
        cron: '17 19 * * *',
        run: async (_, { db }) => forgetOldCommands(db),
      }),
      ...packJobs(parts),
      ...dataJobs,
    ],
    messages,
  }
}
