/** `./pentad import DIR` takes in an exported city; `./pentad import cases FILE` what another system recorded; the others write into a pack. */
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Settings, settingsFrom } from '@pentad/platform/settings'
import { asCalled, bytesSaid, countSaid, wordsOf } from './arguments.ts'
import { readTables } from './city-import.ts'
import { bringUpToDate, type WorkingDatabase, workingDatabase } from './database.ts'
import { importCases } from './import-cases.ts'
import { importIntoPack, packSources } from './import-pack.ts'
import { faultsOf, readManifest } from './manifest.ts'
import { complain, say, step } from './say.ts'

const usage = `usage: ./pentad import FOLDER                                   a city that ./pentad export wrote, into an empty database
       ./pentad import cases FILE [--map MAPPING] [--propose]   cases of another system (CSV, also .gz); see docs/import.md
       ./pentad import standards FILE --scheme ID --version V [--name 名称] [--in-force] --into PACKDIR
       ./pentad import laws DIR --into PACKDIR                  index.csv and texts/*.md
       ./pentad import divisions FILE [--within CODE] --into PACKDIR   code,level,name,parent_code (also .gz)`

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = wordsOf(args, {
    map: { type: 'string' },
    propose: { type: 'boolean' },
    scheme: { type: 'string' },
    version: { type: 'string' },
    name: { type: 'string' },
    'in-force': { type: 'boolean' },
    within: { type: 'string' },
    into: { type: 'string' },
  })
  const [what, file] = positionals
  const source = packSources.find((s) => s === what)
  if (source && file && values.into)
    return importIntoPack({
      what: source,
      from: file,
      into: values.into,
      scheme: values.scheme,
      version: values.version,
      nameZh: values.name,
      inForce: values['in-force'] ?? false,
      within: values.within,
    })
  if (!what || source || (what === 'cases' && !file)) {
    complain(usage)
    return 2
  }
  const settings = settingsFrom(process.env)
  const database = await workingDatabase(settings)
  try {
    if (what === 'cases' && file)
      return await importCases(database, settings, {
        file: asCalled(file),
        map: values.map === undefined ? undefined : asCalled(values.map),
        propose: values.propose ?? false,
      })
    const no = await importCity(database, settings, asCalled(what))
    for (const line of no) complain(`  ✗ ${line}`)
    return no.length ? 1 : 0
  } finally {
    await database.leave()
  }
}

/** Returns why it was not done; empty when it was. */
export async function importCity(
  database: WorkingDatabase,
  settings: Pick<Settings, 'dataFolder'>,
  folder: string,
): Promise<string[]> {
  const began = performance.now()
  const manifest = await readManifest(folder)
  if (manifest.kind !== 'export') return [`${folder} is a backup: ./pentad restore ${folder} --data FOLDER`]
  const checking = step('checking the export')
  const faults = await faultsOf(folder, manifest, (done, of) =>
    checking.progress(`${bytesSaid(done)} of ${bytesSaid(of)}`),
  )
  checking.done(faults.length ? `${faults.length} faults` : 'whole')
  if (faults.length > 0) return faults
  await bringUpToDate(database)
  // Blobs first: a row must never name a photo that is not there.
  const blobs = step('blobs')
  const files = manifest.files.filter((f) => f.path.startsWith('blobs/'))
  for (const { path } of files) await cp(join(folder, path), join(settings.dataFolder, path), { recursive: true })
  blobs.done(countSaid(files.length))
  const reading = step('tables')
  const client = await database.pool.connect()
  try {
    const no = await readTables(client, folder, manifest, {
      onTable: (name, done, of) => reading.progress(`${countSaid(done)} of ${countSaid(of)} rows, ${name}`),
    })
    if (no.length > 0) return no
    await client.query('set statement_timeout = 0; analyze')
  } finally {
    client.release(true)
  }
  const rows = manifest.tables.reduce((sum, t) => sum + t.rows, 0)
  reading.done(`${manifest.tables.length}, ${countSaid(rows)} rows`)
  say(`  ✓ the city is here, as of ${manifest.made} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  return []
}
