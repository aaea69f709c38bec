import { type Db, sql } from '@pentad/platform/db'
import type { ProcessRole } from './model.ts'

export interface InstallationRow {
  kind: 'demo' | 'empty'
  pack: string | null
  packVersion: string | null
}
export const installation = async (db: Db): Promise<InstallationRow | undefined> =>
  (
    await sql<InstallationRow>`select kind, pack, pack_version as "packVersion" from operations.installation`.execute(
      db,
    )
  ).rows[0]

export async function markInstalled(db: Db, i: InstallationRow): Promise<void> {
  await sql`insert into operations.installation (kind, pack, pack_version) values (${i.kind}, ${i.pack}, ${i.packVersion})`.execute(
    db,
  )
}

export interface ProcessRow {
  id: string
  role: ProcessRole
  host: string
  pid: number
  started: Date
  lastSeen: Date
  memoryBytes: number
}
export async function signOfLife(db: Db, p: ProcessRow): Promise<void> {
  await sql`insert into operations.process (id, role, host, pid, started, last_seen, rss_bytes)
    values (${p.id}, ${p.role}, ${p.host}, ${p.pid}, ${p.started}, ${p.lastSeen}, ${p.memoryBytes})
    on conflict (id) do update set last_seen = excluded.last_seen, rss_bytes = excluded.rss_bytes`.execute(db)
}
export async function forgetProcess(db: Db, id: string): Promise<void> {
  await sql`delete from operations.process where id = ${id}`.execute(db)
}
/** Those that were seen within an hour; older ones died without a word and are forgotten. */
export async function processes(db: Db): Promise<ProcessRow[]> {
  return (
    await sql<ProcessRow>`select id, role, host, pid, started, last_seen as "lastSeen", rss_bytes as "memoryBytes"
      from operations.process where last_seen > now() - interval '1 hour' order by role, started`.execute(db)
  ).rows
}
export const troubles = async (db: Db): Promise<{ parkedNews: number; failedJobs: number }> =>
  (
    await sql<{
      parkedNews: number
      failedJobs: number
    }>`select (select count(*)::int from platform.parked_news) as "parkedNews",
      (select count(*)::int from graphile_worker.jobs where attempts >= max_attempts) as "failedJobs"`.execute(db)
  ).rows[0] ?? { parkedNews: 0, failedJobs: 0 }
