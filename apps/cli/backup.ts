/** `./pentad backup DIR`: everything of a running city into one folder, without stopping it. */
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Settings } from '@pentad/platform/settings'
import { settingsFrom } from '@pentad/platform/settings'
import { asCalled, bytesSaid, countSaid, pentadVersion, wordsOf } from './arguments.ts'
import { copyBlobs } from './blob-files.ts'
import { copyCluster } from './cluster-copy.ts'
import { type WorkingDatabase, workingDatabase } from './database.ts'
import { exportTo } from './export.ts'
import { type BackupManifest, newStore } from './manifest.ts'
import { migrationsIn, serverVersion } from './migrations-in.ts'
import { complain, say, step } from './say.ts'

export async function run(args: string[]): Promise<number> {
  const folder = wordsOf(args, {}).positionals[0]
  if (!folder) {
    complain('usage: ./pentad backup FOLDER   (a new or empty folder, best on another disk)')
    return 2
  }
  const settings = settingsFrom(process.env)
  const database = await workingDatabase(settings)
  try {
    if (!database.engine) {
      say(
        'The database of DATABASE_URL is not ours to copy file by file: its own tools do that (pg_basebackup, pgBackRest,',
      )
      say(
        'the provider’s snapshots), and do it better. What is written now is an export: all tables and blobs at one instant.',
      )
      await exportTo(database, settings, asCalled(folder))
      return 0
    }
    await backUp(database, settings, asCalled(folder))
    return 0
  } finally {
    await database.leave()
  }
}

export async function backUp(
  { pool }: Pick<WorkingDatabase, 'pool'>,
  settings: Pick<Settings, 'dataFolder'>,
  folder: string,
): Promise<BackupManifest> {
  const began = performance.now()
  const store = await newStore(folder)
  const client = await pool.connect()
  let manifest: BackupManifest
  try {
    const about = {
      format: 1 as const,
      pentad: pentadVersion(),
      postgres: await serverVersion(client),
      migrations: await migrationsIn(client),
    }
    const copying = step('database engine')
    const wal = await copyCluster(client, join(settings.dataFolder, 'pg'), {
      store,
      onBytes: (done, of) => copying.progress(`${bytesSaid(done)} of ${bytesSaid(of)}`),
    })
    copying.done(bytesSaid(store.files.reduce((sum, f) => sum + f.bytes, 0)))
    // After the database: every photo that it names was stored before it was named.
    const blobs = step('blobs')
    const copied = await copyBlobs(join(settings.dataFolder, 'blobs'), store, (count, bytes) =>
      blobs.progress(`${countSaid(count)}, ${bytesSaid(bytes)}`),
    )
    blobs.done(`${countSaid(copied.count)}, ${bytesSaid(copied.bytes)}`)
    await store.copy(join(settings.dataFolder, 'engine.json'), 'engine.json')
    const { files, folders } = store
    manifest = { kind: 'backup', ...about, ...wal, made: new Date().toISOString(), files, folders }
    await store.finish(manifest)
  } finally {
    // Ends the session, and with it a backup or a hold on the log that was cut short.
    client.release(true)
  }
  const bytes = store.files.reduce((sum, f) => sum + f.bytes, 0)
  const seconds = (performance.now() - began) / 1000
  say(`  ✓ ${folder}: ${countSaid(store.files.length)} files, ${bytesSaid(bytes)} in ${seconds.toFixed(1)} s`)
  say('    It holds everything, passwords and personal data included: keep it where only you can read it.')
  return manifest
}
