/** `./pentad restore DIR`: a backup into an empty data folder; the next `./pentad up` starts on it. */
import { chmod, cp, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { settingsFrom } from '@pentad/platform/settings'
import { asCalled, bytesSaid, engineMajor, wordsOf } from './arguments.ts'
import { faultsOf, readManifest } from './manifest.ts'
import { complain, say, step } from './say.ts'

export async function run(args: string[]): Promise<number> {
  const folder = wordsOf(args, {}).positionals[0]
  if (!folder) {
    complain('usage: ./pentad restore BACKUP --data FOLDER   (the data folder must be empty or not be there)')
    return 2
  }
  const settings = settingsFrom(process.env)
  const no = await restoreFrom(asCalled(folder), settings.dataFolder)
  if (no.length > 0) {
    for (const line of no) complain(`  ✗ ${line}`)
    return 1
  }
  say(`  ✓ ${settings.dataFolder} is ready: ./pentad up --data ${settings.dataFolder}`)
  return 0
}

/** Returns why it was not done; empty when it was. */
export async function restoreFrom(folder: string, dataFolder: string): Promise<string[]> {
  const there = await readdir(dataFolder).catch(() => [])
  if (there.length > 0) return [`${dataFolder} is not empty; nothing was touched. Choose another: --data FOLDER`]
  const manifest = await readManifest(folder)
  if (manifest.kind !== 'backup') return [`${folder} is an export: ./pentad import ${folder}`]
  const major = manifest.postgres.split('.')[0]
  if (major !== engineMajor())
    return [
      `the backup is of PostgreSQL ${manifest.postgres}, this Pentad brings ${engineMajor()}: restore it with the Pentad ${manifest.pentad} that made it, then move with export and import`,
    ]
  const checking = step('checking the backup')
  const faults = await faultsOf(folder, manifest, (done, of) =>
    checking.progress(`${bytesSaid(done)} of ${bytesSaid(of)}`),
  )
  checking.done(faults.length ? `${faults.length} faults` : 'whole')
  if (faults.length > 0) return faults
  const laying = step('laying it down')
  await mkdir(dataFolder, { recursive: true, mode: 0o750 })
  // The engine starts only on a folder that others cannot write to.
  for (const name of manifest.folders) await mkdir(join(dataFolder, name), { recursive: true, mode: 0o700 })
  let done = 0
  // The password file last: a restore that was cut short has none and does not start.
  const files = manifest.files.toSorted((a, b) => Number(a.path === 'engine.json') - Number(b.path === 'engine.json'))
  for (const { path, bytes } of files) {
    await mkdir(dirname(join(dataFolder, path)), { recursive: true, mode: 0o700 })
    await cp(join(folder, path), join(dataFolder, path), { errorOnExist: true, force: false })
    await chmod(join(dataFolder, path), path.startsWith('blobs') ? 0o640 : 0o600)
    done += bytes
    laying.progress(bytesSaid(done))
  }
  laying.done(bytesSaid(done))
  return []
}
