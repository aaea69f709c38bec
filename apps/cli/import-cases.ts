/** `./pentad import cases FILE`: what another system recorded, as history of this city (历史数据清洗上图). */
import { mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { requestTypes } from '@pentad/beijing-demo'
import { areasOf, type Locator, locatorOf } from '@pentad/geography'
import { beginImport, endImport, type ImportRow, leftByReason, lockImport } from '@pentad/operations'
import type { Db } from '@pentad/platform/db'
import type { Settings } from '@pentad/platform/settings'
import { calendarBy, classesInForce } from '@pentad/rulebook'
import type { WorkCalendar } from '@pentad/rulebook/model'
import { countSaid } from './arguments.ts'
import type { WorkingDatabase } from './database.ts'
import { type ClassFinder, classFinder } from './history/classes.ts'
import { factsOf } from './history/facts.ts'
import { type Mapping, readMapping } from './history/mapping.ts'
import { propose } from './history/propose.ts'
import { writeLeft } from './history/report.ts'
import { lookAtFile, rowsOf, type TableFile } from './history/table-file.ts'
import { takeRows } from './history/take.ts'
import { type Reason, reasons, translator } from './history/translate.ts'
import { mappingText, writeBeside } from './history/write-mapping.ts'
import { complain, say, step } from './say.ts'

export interface CasesOrder {
  file: string
  map: string | undefined
  /** Only proposes. */
  propose: boolean
  batchSize?: number
}

export async function importCases(
  { db, pool }: Pick<WorkingDatabase, 'db' | 'pool'>,
  settings: Pick<Settings, 'dataFolder'>,
  { file, map, propose: onlyPropose, batchSize }: CasesOrder,
): Promise<number> {
  const city = await theCityAsItIs(db)
  if (!city) {
    complain('  ✗ no class list or calendar is in force here: bring the city in first (./pentad up)')
    return 1
  }
  const elsewhere = join(settings.dataFolder, 'imports')
  const said = map === undefined ? undefined : readMapping(await readFile(map, 'utf8'))
  const looking = step('the file')
  const table = await lookAtFile(file, said?.file)
  looking.done(
    `${table.encoding}, columns cut by ${JSON.stringify(table.delimiter)}: ${table.columns.slice(0, 8).join(', ')}${table.columns.length > 8 ? ' …' : ''}`,
  )
  const mapping = said ?? (await proposedMapping(table, city, { elsewhere, onlyPropose }))
  if (typeof mapping === 'number') return mapping

  const begun = await beginImport(db, { kind: 'cases', file: basename(file), sha256: table.sha256, mapping })
  if (begun.ended) {
    say(`  ✓ this file was imported by this mapping on ${begun.ended.toISOString()}; nothing is taken twice`)
  } else {
    if (begun.rowsRead > 0) say(`  · going on after ${countSaid(begun.rowsRead)} rows of an earlier call`)
    await take({ pool, table, mapping, begun, city, batchSize })
    await endImport(db, begun.id)
    await pool.query('analyze cases.case_file, cases.event, cases.report')
  }
  await account(db, begun.id, file, elsewhere)
  return 0
}

interface City {
  finder: ClassFinder
  locator: Locator
  calendar: WorkCalendar
  scheme: string
  schemeVersion: string
  cityCode: string
}

async function theCityAsItIs(db: Db): Promise<City | undefined> {
  const classes = await classesInForce(db)
  const calendar = await calendarBy(db, null)
  const [first] = classes
  if (!first || !calendar) return undefined
  const [city] = await areasOf(db, 'city', '')
  // A number of another scheme means something else: what is known is known for one scheme.
  const known = first.scheme === 'gbt30428' ? requestTypes() : undefined
  return {
    finder: classFinder(classes, known),
    locator: await locatorOf(db),
    calendar,
    scheme: first.scheme,
    schemeVersion: first.version,
    cityCode: city?.code ?? '000000',
  }
}

/** The mapping when it can be used as it is, else the code with which to end. */
async function proposedMapping(
  table: TableFile,
  { finder, locator }: City,
  { elsewhere, onlyPropose }: { elsewhere: string; onlyPropose: boolean },
): Promise<Mapping | number> {
  const reading = step('proposing a mapping')
  const proposal = propose(await factsOf(rowsOf(table), table.columns), { finder, locator })
  const { mapping, doubts, types } = proposal
  reading.done(types ? `${Math.round(types.coverage * 100)} % of the rows have a class` : '')
  if (!mapping) {
    for (const doubt of doubts) complain(`  ✗ ${doubt}`)
    complain('  No mapping can be proposed. Write one (docs/import.md) and call again with --map MAPPING.')
    complain(`  The columns: ${table.columns.join(', ')}`)
    return 1
  }
  await mkdir(elsewhere, { recursive: true })
  const text = mappingText(proposal, table.path)
  const path = await writeBeside(table.path, 'mapping.yaml', text, elsewhere)
  if (onlyPropose) {
    say(text)
    say(`  ✓ written to ${path}${doubts.length ? '; look at the lines marked LOOK' : ''}`)
    return 0
  }
  if (doubts.length > 0) {
    for (const doubt of doubts) complain(`  ! ${doubt}`)
    complain(`  Nothing was imported. Look through ${path}, then: ./pentad import cases ${table.path} --map ${path}`)
    return 1
  }
  say(`  ✓ the proposal is sure enough and is used: ${path}`)
  if (proposal.notes.outside) say(`    outside: ${mapping.outside}, ${proposal.notes.outside.replace(/^keep, /, '')}`)
  return mapping
}

interface Taking extends Pick<WorkingDatabase, 'pool'> {
  table: TableFile
  mapping: Mapping
  begun: ImportRow
  city: City
  batchSize: number | undefined
}
async function take({ pool, table, mapping, begun, city, batchSize }: Taking): Promise<void> {
  const { finder, locator, calendar, scheme, schemeVersion, cityCode } = city
  const taking = step('rows')
  const began = performance.now()
  let bytes = 0
  let last = { read: begun.rowsRead, taken: begun.rowsTaken, left: begun.rowsLeft }
  const rate = () => Math.round((last.read - begun.rowsRead) / ((performance.now() - began) / 1000))
  await takeRows({
    pool,
    begun,
    records: rowsOf(table, (n) => {
      bytes = n
    }),
    translate: translator({
      mapping,
      columns: table.columns,
      finder,
      locator,
      cityCode,
      fileMark: table.sha256.slice(0, 12),
      importId: begun.id,
      now: new Date(),
    }),
    locator,
    calendar,
    scheme,
    schemeVersion,
    ...(batchSize === undefined ? {} : { batchSize }),
    onProgress: (count) => {
      last = count
      const share = Math.floor((100 * bytes) / Math.max(1, table.bytes))
      taking.progress(
        `${countSaid(count.read)} (${share} %), ${countSaid(count.taken)} taken, ${countSaid(count.left)} left, ${countSaid(rate())}/s`,
      )
    },
  })
  taking.done(`${countSaid(last.read)}, ${countSaid(rate())}/s`)
}

async function account(db: Db, id: string, file: string, elsewhere: string): Promise<void> {
  const row = await lockImport(db, id)
  if (!row) return
  say(`    ${countSaid(row.rowsRead)} rows: ${countSaid(row.rowsTaken)} taken, ${countSaid(row.rowsLeft)} left`)
  for (const { reason, count } of await leftByReason(db, id))
    say(`      ${countSaid(count).padStart(9)}  ${reason}: ${reasons[reason as Reason] ?? ''}`)
  if (row.rowsLeft > 0) say(`    each of them with its line and reason: ${await writeLeft(db, id, file, elsewhere)}`)
}
