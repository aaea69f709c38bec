/** `./pentad pack …`: a city as a folder of files: looked through, laid, begun anew. */
import { cp, readdir, readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { installation, layPack, markInstalled, type PackRead, readPack, templateFolder } from '@pentad/operations'
import { type Changes, type Fault, folderSource, type PackSource, zipSource } from '@pentad/platform/pack'
import { sentencesOf } from '@pentad/platform/serve'
import { settingsFrom } from '@pentad/platform/settings'
import { modules, packParts } from '../server/modules.ts'
import { bringUpToDate, workingDatabase } from './database.ts'
import { complain, say, step } from './say.ts'

const usage = `usage: ./pentad pack check DIR-OR-ZIP          every fault with file, line and a sentence; writes nothing
       ./pentad pack load DIR-OR-ZIP [--dry]   lay the difference as a new edition, all or nothing; --dry only says it
       ./pentad pack template DIR              a pack to begin from, with its guide
       --lang zh-CN | en                       the language of the sentences`

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      dry: { type: 'boolean' },
      lang: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string' },
    },
  })
  const [what, where] = positionals
  if (!what || !where || !['check', 'load', 'template'].includes(what)) {
    complain(usage)
    return 2
  }
  const path = resolve(process.env.PENTAD_CALLED_FROM ?? process.cwd(), where)
  if (what === 'template') return writeTemplate(path)
  const language = (values.lang ?? process.env.LANG ?? 'en').startsWith('zh') ? 'zh-CN' : 'en'
  const source = await sourceAt(path)
  return what === 'check' ? check(source, language) : load(source, language, values.dry ?? false)
}

type Language = 'zh-CN' | 'en'

async function sourceAt(path: string): Promise<PackSource> {
  if ((await stat(path)).isDirectory()) return folderSource(path)
  return zipSource(await readFile(path))
}

async function check(source: PackSource, language: Language): Promise<number> {
  const read = await reading(source)
  return sayFaults(read, language) ? 1 : 0
}

async function reading(source: PackSource, db?: Parameters<typeof readPack>[2]): Promise<PackRead> {
  const looking = step('reading')
  const read = await readPack(source, packParts, {
    ...db,
    onProgress: (part, done, of) => looking.progress(`${part} ${counted(done, of)}`),
  })
  looking.done(`${source.paths.length} files, ${read.parts.map((p) => p.part.name).join(' ')}`)
  return read
}
const counted = (done: number, of?: number): string =>
  done ? `${done.toLocaleString('en')}${of ? ` of ${of.toLocaleString('en')}` : ''}` : ''

/** True when there are any. */
function sayFaults({ faults, faultCount }: PackRead, language: Language): boolean {
  const sentences = sentencesOf(modules.flatMap((m) => m.messages ?? []))
  for (const fault of faults) complain(faultLine(fault, sentences(language, fault.code, fault.details)))
  if (faultCount > faults.length) complain(`… ${(faultCount - faults.length).toLocaleString('en')} more`)
  say(
    faultCount === 0 ? '  ✓ no fault was found' : `\n  ✗ ${faultCount.toLocaleString('en')} faults; nothing was loaded`,
  )
  return faultCount > 0
}

/** `areas/cells.csv:12  …`, as editors and terminals know it. */
const faultLine = ({ file, line }: Fault, sentence: string): string =>
  `${file}${line === null ? '' : `:${line}`}  ${sentence}`

async function load(source: PackSource, language: Language, dry: boolean): Promise<number> {
  const database = await workingDatabase(settingsFrom(process.env))
  const { db, pool } = database
  try {
    await bringUpToDate(database)
    const read = await reading(source, { db })
    if (sayFaults(read, language) || !read.manifest) return 1
    const { manifest } = read
    const laying = step(dry ? 'trying' : 'loading')
    const { changes } = await layPack(pool, read, {
      byPerson: null,
      now: new Date(),
      dry,
      onProgress: (part, done, of) => laying.progress(`${part} ${counted(done, of)}`),
      andThen: async ({ db: inside }) => {
        if (!(await installation(inside)))
          await markInstalled(inside, { kind: 'empty', pack: manifest.id, packVersion: manifest.version })
      },
    })
    laying.done(`${manifest.id} ${manifest.version}`)
    for (const [part, change] of Object.entries(changes)) say(`    ${part.padEnd(16)} ${changeLine(change)}`)
    if (dry) say('  · nothing was written (--dry)')
    else await pool.query('analyze')
    return 0
  } finally {
    await database.leave()
  }
}
const changeLine = ({ added, changed, retired, same }: Changes): string =>
  `${added} added, ${changed} changed, ${retired} retired, ${same} as before`

async function writeTemplate(folder: string): Promise<number> {
  const there = await readdir(folder).catch(() => [])
  if (there.length > 0) {
    complain(`  ✗ ${folder} is not empty`)
    return 1
  }
  await cp(templateFolder, folder, { recursive: true, filter: (from) => !from.endsWith('package.json') })
  say(`  ✓ ${folder}; begin with its README.md`)
  return 0
}
