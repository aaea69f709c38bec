import { theCity } from '@pentad/geography'
import { sql } from '@pentad/platform/db'
import { serve } from '@pentad/platform/serve'
import { SECOND } from '@pentad/platform/time'
import { about, health, listProcesses, ready } from './contract.ts'
import { deadAfterSeconds } from './model.ts'
import { installation, processes, troubles } from './queries.ts'

const version = '0.1.0'

export const routes = [
  serve(health, async () => ({ alive: true as const })),

  serve(ready, async (_, { db }) => {
    await sql`select 1`.execute(db)
    return { ready: true as const }
  }),

  serve(about, async (_, { db }) => {
    const city = await theCity(db)
    return {
      version,
      kind: (await installation(db))?.kind ?? null,
      name: { 'zh-CN': city?.nameZh ?? '', en: city?.nameEn ?? '' },
      label: { 'zh-CN': city?.labelZh ?? '', en: city?.labelEn ?? '' },
    }
  }),

  serve(listProcesses, async (_, { db, now }) => ({
    processes: (await processes(db)).map((p) => ({
      ...p,
      started: p.started.toISOString(),
      lastSeen: p.lastSeen.toISOString(),
      alive: now.getTime() - p.lastSeen.getTime() < deadAfterSeconds * SECOND,
    })),
    ...(await troubles(db)),
  })),
]
