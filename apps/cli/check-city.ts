/** Whether the tables still say what was recorded: trails unbroken, counts right. Reads one snapshot and changes nothing. */
import { brokenAt, type CaseRow, caseColumns, type LivedWorld, type TrailRow, unlikeTrail } from '@pentad/cases'
import { defaultFlow, type Flow } from '@pentad/cases/model'
import type { LimitUnit, WorkCalendar } from '@pentad/rulebook/model'
import type pg from 'pg'
import { differences, migrationsIn, migrationsOfThisPentad } from './migrations-in.ts'

export interface CityCheck {
  faults: string[]
  cases: number
  entries: number
  /** Hashes of the photos that the tables name. */
  photos: string[]
}

/** Entries at a time; a trail that is cut by the end of a page is completed by the next. */
const page = 20_000

export async function checkCity(client: pg.ClientBase, onEntries: (done: number) => void): Promise<CityCheck> {
  await client.query('begin isolation level repeatable read read only')
  await client.query('set local statement_timeout = 0')
  try {
    const faults = differences(await migrationsIn(client), await migrationsOfThisPentad()).map(
      (d) => `migrations: ${d}`,
    )
    const trails = await checkTrails(client, onEntries)
    faults.push(...trails.faults, ...(await checkCounts(client)))
    const { rows } = await client.query<{ sha256: string }>('select distinct sha256 from evidence.api_photo')
    return { ...trails, faults, photos: rows.map((r) => r.sha256) }
  } finally {
    await client.query('rollback')
  }
}

async function checkTrails(
  client: pg.ClientBase,
  onEntries: (done: number) => void,
): Promise<Pick<CityCheck, 'faults' | 'cases' | 'entries'>> {
  const faults: string[] = []
  let cases = 0
  let entries = 0
  let trail: TrailRow[] = []
  const world = await worldOf(client)
  const last = new Map<string, TrailRow[]>()
  const end = async (all: boolean) => {
    if (trail[0]) {
      cases++
      const broken = brokenAt(trail)
      if (broken !== undefined) faults.push(`case ${trail[0].caseId}: its trail is broken at entry ${broken}`)
      last.set(trail[0].caseId, trail)
      trail = []
    }
    if (last.size < 5000 && !all) return
    faults.push(...(await unlikeTheirFile(client, last, world)))
    last.clear()
  }
  let after: { caseId: string; seq: number } = { caseId: '00000000-0000-0000-0000-000000000000', seq: 0 }
  for (;;) {
    const { rows } = await client.query<TrailRow>(
      `select case_id as "caseId", seq, act, actor_id as "actorId", actor_unit as "actorUnit", from_status as "from",
        to_status as "to", at, recorded, reason, standard_id as "standardId", unit_id as "unitId", photo_ids as "photoIds",
        lon, lat, used_seconds as "usedSeconds", detail, prev_hash as "prevHash", hash
      from cases.event where (case_id, seq) > ($1, $2) order by case_id, seq limit ${page}`,
      [after.caseId, after.seq],
    )
    for (const row of rows) {
      if (trail[0] && trail[0].caseId !== row.caseId) await end(false)
      trail.push(row)
      after = row
    }
    entries += rows.length
    onEntries(entries)
    if (rows.length < page) break
  }
  await end(true)
  const { rows } = await client.query<{ no: string }>(
    'select no from cases.case_file c where not exists (select from cases.event e where e.case_id = c.id) limit 1000',
  )
  faults.push(...rows.map(({ no }) => `case ${no}: it has no trail`))
  return { faults, cases, entries }
}

/**
 * An entry cut off at the end leaves a chain that is sound in itself; the file of the case knows its last hash. And the file must
 * follow from the trail: each case is lived again.
 */
async function unlikeTheirFile(
  client: pg.ClientBase,
  trails: ReadonlyMap<string, readonly TrailRow[]>,
  world: LivedWorld,
): Promise<string[]> {
  const fields = caseColumns.map(([field, column]) => `c.${column} as "${field}"`).join(', ')
  const { rows } = await client.query<CaseRow & { origin: string }>(
    `select c.origin, ${fields} from cases.case_file c where c.id = any($1::uuid[])`,
    [[...trails.keys()]],
  )
  return rows.flatMap((file) => {
    const trail = trails.get(file.id) ?? []
    const { no, version, lastHash } = file
    if (trail.length !== version || trail.at(-1)?.hash !== lastHash)
      return [
        `case ${no}: its trail has ${trail.length} entries, its file says ${version}, or their last hashes differ`,
      ]
    // What was brought in from elsewhere knows its end, and not always the way there.
    const wrong = file.origin === 'import' ? [] : unlikeTrail(file, trail, world)
    return wrong.length ? [`case ${no}: ${wrong.join(', ')} of its file do not follow from its trail`] : []
  })
}

/** Limits, calendars and flows of all versions: cases are lived by those of their own. */
async function worldOf(client: pg.ClientBase): Promise<LivedWorld> {
  const limits = await client.query<{ id: string; value: number; unit: LimitUnit }>(
    'select id, limit_value as value, limit_unit as unit from rulebook.api_standard',
  )
  const byId = new Map(limits.rows.map((r) => [r.id, r]))
  const calendars = await client.query<{
    version: string
    seasons: WorkCalendar['seasons']
    holidays: string[]
    shifted: string[]
  }>(
    'select version, seasons, holidays::text[] as holidays, shifted_workdays::text[] as shifted from rulebook.calendar',
  )
  const byVersion = new Map(
    calendars.rows.map(({ version, seasons, holidays, shifted }): [string, WorkCalendar] => [
      version,
      { version, seasons, holidays: new Set(holidays), shiftedWorkdays: new Set(shifted) },
    ]),
  )
  const flows = await client.query<{ version: number; definition: Omit<Flow, 'version'> }>(
    'select version, definition from cases.flow',
  )
  const flowsBy = new Map(
    flows.rows.map(({ version, definition }) => [version, { ...defaultFlow, ...definition, version }]),
  )
  return {
    limitOf: (id) => byId.get(id),
    calendarOf: (version) => (version === null ? undefined : byVersion.get(version)),
    flowOf: (version) => flowsBy.get(version) ?? defaultFlow,
  }
}

async function checkCounts(client: pg.ClientBase): Promise<string[]> {
  const { rows: reports } = await client.query<{ no: string; reports: number; there: number }>(
    // Its own, and those of the cases that were merged into it.
    `select * from (select c.no, c.reports, (coalesce(r.n, 0) + coalesce(m.n, 0))::int as there from cases.case_file c
    left join (select case_id, count(*) as n from cases.report group by 1) r on r.case_id = c.id
    left join (select merged_into, sum(reports) as n from cases.case_file where merged_into is not null group by 1) m on m.merged_into = c.id) x
    where reports <> there limit 1000`,
  )
  const { rows: imports } = await client.query<{
    file: string
    read: number
    taken: number
    left: number
    named: number
  }>(
    `select * from (select i.file, rows_read as read, rows_taken as taken, rows_left as left,
      (select count(*) from operations.import_left l where l.import_id = i.id) as named from operations.import i) i
    where i.read <> i.taken + i.left or i.left <> i.named`,
  )
  return [
    ...reports.map((r) => `case ${r.no}: ${r.there} reports, its file says ${r.reports}`),
    ...imports.map(
      (i) => `import of ${i.file}: ${i.read} rows read, ${i.taken} taken, ${i.left} left, ${i.named} named`,
    ),
  ]
}
