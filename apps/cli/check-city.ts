/** Whether the tables still say what was recorded: trails unbroken, counts right. Reads one snapshot and changes nothing. */
import { brokenAt, type TrailRow } from '@pentad/cases'
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
  const last = new Map<string, { length: number; hash: string }>()
  const end = async (all: boolean) => {
    if (trail[0]) {
      cases++
      const broken = brokenAt(trail)
      if (broken !== undefined) faults.push(`case ${trail[0].caseId}: its trail is broken at entry ${broken}`)
      last.set(trail[0].caseId, { length: trail.length, hash: trail.at(-1)?.hash ?? '' })
      trail = []
    }
    if (last.size < 5000 && !all) return
    faults.push(...(await unlikeTheirFile(client, last)))
    last.clear()
  }
  let after: { caseId: string; seq: number } = { caseId: '00000000-0000-0000-0000-000000000000', seq: 0 }
  for (;;) {
    const { rows } = await client.query<TrailRow>(
      `select case_id as "caseId", seq, act, actor_id as "actorId", actor_unit as "actorUnit", from_status as "from",
        to_status as "to", at, recorded, reason, standard_id as "standardId", unit_id as "unitId", photo_ids as "photoIds",
        lon, lat, used_seconds as "usedSeconds", prev_hash as "prevHash", hash
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

/** An entry cut off at the end leaves a chain that is sound in itself; the file of the case knows its last hash. */
async function unlikeTheirFile(
  client: pg.ClientBase,
  trails: ReadonlyMap<string, { length: number; hash: string }>,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string; no: string; version: number; hash: string }>(
    'select id, no, version, last_hash as hash from cases.case_file where id = any($1::uuid[])',
    [[...trails.keys()]],
  )
  return rows.flatMap(({ id, no, version, hash }) => {
    const trail = trails.get(id)
    return trail && trail.length === version && trail.hash === hash
      ? []
      : [
          `case ${no}: its trail has ${trail?.length ?? 0} entries, its file says ${version}, or their last hashes differ`,
        ]
  })
}

async function checkCounts(client: pg.ClientBase): Promise<string[]> {
  const { rows: reports } = await client.query<{ no: string; reports: number; there: number }>(
    `select c.no, c.reports, coalesce(r.n, 0)::int as there from cases.case_file c
    left join (select case_id, count(*) as n from cases.report group by 1) r on r.case_id = c.id
    where c.reports <> coalesce(r.n, 0) limit 1000`,
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
