/** `./pentad verify [DIR]`: whether a backup or an export is whole, or the running city is what it recorded. */
import { join } from 'node:path'
import { settingsFrom } from '@pentad/platform/settings'
import { asCalled, bytesSaid, countSaid, wordsOf } from './arguments.ts'
import { blobFaults } from './blob-files.ts'
import { checkCity } from './check-city.ts'
import { workingDatabase } from './database.ts'
import { faultsOf, readManifest } from './manifest.ts'
import { complain, say, step } from './say.ts'

const mostShown = 50

export async function run(args: string[]): Promise<number> {
  const folder = wordsOf(args, {}).positionals[0]
  const faults = folder ? await verifyFolder(asCalled(folder)) : await verifyCity()
  for (const fault of faults.slice(0, mostShown)) complain(`  ✗ ${fault}`)
  if (faults.length > mostShown) complain(`  … and ${countSaid(faults.length - mostShown)} more`)
  say(faults.length ? `  ${countSaid(faults.length)} faults` : '  ✓ whole')
  return faults.length ? 1 : 0
}

async function verifyFolder(folder: string): Promise<string[]> {
  const manifest = await readManifest(folder).catch((error: unknown) =>
    String(error instanceof Error ? error.message : error),
  )
  if (typeof manifest === 'string') return [manifest]
  const checking = step(`${manifest.kind} of ${manifest.made}, PostgreSQL ${manifest.postgres}`)
  const faults = await faultsOf(folder, manifest, (done, of) =>
    checking.progress(`${bytesSaid(done)} of ${bytesSaid(of)}`),
  )
  checking.done(`${countSaid(manifest.files.length)} files`)
  return faults
}

async function verifyCity(): Promise<string[]> {
  const settings = settingsFrom(process.env)
  const database = await workingDatabase(settings)
  const client = await database.pool.connect()
  try {
    const trails = step('trails of the cases (经过)')
    const { faults, cases, entries, photos } = await checkCity(client, (done) =>
      trails.progress(`${countSaid(done)} entries`),
    )
    trails.done(`${countSaid(cases)} cases, ${countSaid(entries)} entries`)
    const blobs = step('blobs')
    const found = await blobFaults(join(settings.dataFolder, 'blobs'), photos)
    blobs.done(countSaid(found.count))
    return [...faults, ...found.faults]
  } finally {
    client.release(true)
    await database.leave()
  }
}
