/** `./pentad export DIR`: the city as files that another server can take in, while it works on. */
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Settings, settingsFrom } from '@pentad/platform/settings'
import { asCalled, bytesSaid, countSaid, pentadVersion, wordsOf } from './arguments.ts'
import { copyBlobs } from './blob-files.ts'
import { writeTables } from './city-export.ts'
import { type WorkingDatabase, workingDatabase } from './database.ts'
import { type ExportManifest, newStore } from './manifest.ts'
import { complain, say, step } from './say.ts'

export async function run(args: string[]): Promise<number> {
  const folder = wordsOf(args, {}).positionals[0]
  if (!folder) {
    complain('usage: ./pentad export FOLDER   (a new or empty folder)')
    return 2
  }
  const settings = settingsFrom(process.env)
  const database = await workingDatabase(settings)
  try {
    await exportTo(database, settings, asCalled(folder))
    return 0
  } finally {
    await database.leave()
  }
}

export async function exportTo(
  { pool }: Pick<WorkingDatabase, 'pool'>,
  settings: Pick<Settings, 'dataFolder'>,
  folder: string,
): Promise<ExportManifest> {
  const began = performance.now()
  const store = await newStore(folder)
  const client = await pool.connect()
  try {
    const writing = step('tables')
    const written = await writeTables(client, store, (name, rows) =>
      writing.progress(`${countSaid(rows)} rows, ${name}`),
    )
    const rows = written.tables.reduce((sum, t) => sum + t.rows, 0)
    writing.done(`${written.tables.length}, ${countSaid(rows)} rows`)
    const blobs = step('blobs')
    const copied = await copyBlobs(join(settings.dataFolder, 'blobs'), store, (n) => blobs.progress(countSaid(n)))
    blobs.done(`${countSaid(copied.count)}, ${bytesSaid(copied.bytes)}`)
    const { files, folders } = store
    const manifest: ExportManifest = {
      kind: 'export',
      format: 1,
      made: new Date().toISOString(),
      pentad: pentadVersion(),
      ...written,
      files,
      folders,
    }
    await store.finish(manifest)
    const bytes = files.reduce((sum, f) => sum + f.bytes, 0)
    say(`  ✓ ${folder}: ${bytesSaid(bytes)} in ${((performance.now() - began) / 1000).toFixed(1)} s`)
    say('    It holds everything, personal data included: keep it where only you can read it.')
    return manifest
  } finally {
    client.release(true)
  }
}
