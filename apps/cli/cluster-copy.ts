/** Copies the embedded engine's files while it runs, so that a start on the copy finds everything acknowledged until the end of it. */
import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type pg from 'pg'
import type { Store } from './manifest.ts'

/** Contents that a start makes anew (PostgreSQL, “Making a Base Backup Using the Low Level API”); the folders must be there. */
const emptied = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
])
const leftOut = /^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*|t\d+_\d+.*|backup_label.*|tablespace_map.*)$/

interface Found {
  path: string
  bytes: number
}

interface ClusterCopy {
  walFrom: string
  walTo: string
}

export async function copyCluster(
  client: pg.ClientBase,
  cluster: string,
  { store, onBytes }: { store: Store; onBytes: (done: number, of: number) => void },
): Promise<ClusterCopy> {
  await client.query('set statement_timeout = 0')
  // Holds the log from the first moment on, however many checkpoints pass while we copy.
  const slot = `pentad_backup_${process.pid}`
  await client.query('select pg_create_physical_replication_slot($1, true, true)', [slot])
  await client.query(`select pg_backup_start('pentad backup', true)`)
  const { files, folders } = await listCluster(cluster)
  for (const folder of folders) await store.addFolder(join('pg', folder))
  const total = files.reduce((sum, f) => sum + f.bytes, 0)
  let done = 0
  // The control file last: no page may be older than what it promises.
  const last = join('global', 'pg_control')
  for (const { path } of [...files.filter((f) => f.path !== last), ...files.filter((f) => f.path === last)]) {
    // A table that was dropped meanwhile is gone; the log says so too.
    await store.copy(join(cluster, path), join('pg', path), (bytes) => {
      done += bytes
      onBytes(Math.min(done, total), total)
    })
  }
  const { rows } = await client.query<{
    lsn: string
    label: string
    spaces: string | null
    file: string
    size: number
  }>(
    `select lsn, labelfile as label, spcmapfile as spaces, pg_walfile_name(lsn) as file,
      (select setting::int from pg_settings where name = 'wal_segment_size') as size from pg_backup_stop(false)`,
  )
  const [stop] = rows
  const walFrom = /\(file ([0-9A-F]{24})\)/.exec(stop?.label ?? '')?.[1]
  if (!stop || !walFrom) throw new Error('the engine did not say where its backup begins')
  await store.write(join('pg', 'backup_label'), stop.label)
  if (stop.spaces) await store.write(join('pg', 'tablespace_map'), stop.spaces)
  for (const segment of segmentsBetween(walFrom, stop.file, stop.size)) {
    if (!(await store.copy(join(cluster, 'pg_wal', segment), join('pg', 'pg_wal', segment))))
      throw new Error(`log segment ${segment} is gone; the backup cannot be used`)
  }
  await client.query('select pg_drop_replication_slot($1)', [slot])
  return { walFrom, walTo: stop.file }
}

/** Names of log segments: timeline, log and segment in hexadecimal, the last two counted on. */
export function segmentsBetween(from: string, to: string, segmentBytes: number): string[] {
  const inLog = 0x1_0000_0000 / segmentBytes
  const numberOf = (name: string) =>
    Number.parseInt(name.slice(8, 16), 16) * inLog + Number.parseInt(name.slice(16), 16)
  const hex = (n: number) => n.toString(16).toUpperCase().padStart(8, '0')
  const first = numberOf(from)
  return Array.from(
    { length: numberOf(to) - first + 1 },
    (_, i) => from.slice(0, 8) + hex(Math.floor((first + i) / inLog)) + hex((first + i) % inLog),
  )
}

async function listCluster(cluster: string): Promise<{ files: Found[]; folders: string[] }> {
  const files: Found[] = []
  const folders = ['']
  const walk = async (folder: string) => {
    for (const entry of await readdir(join(cluster, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name)
      const name = relative(cluster, join(cluster, path))
      if (leftOut.test(entry.name)) continue
      if (entry.isSymbolicLink()) throw new Error(`${name} leads out of the cluster; such a place is not copied`)
      if (entry.isDirectory()) {
        folders.push(path)
        if (!emptied.has(name)) await walk(path)
      } else if (entry.isFile()) {
        const found = await stat(join(cluster, path)).catch(() => undefined)
        if (found) files.push({ path, bytes: found.size })
      }
    }
  }
  await walk('')
  folders.push(join('pg_wal', 'archive_status'), join('pg_wal', 'summaries'))
  return { files, folders }
}
