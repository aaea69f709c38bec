import { type Db, sql } from '@pentad/platform/db'
import { testServer } from '@pentad/platform/testing'
import { DAY, HOUR, legalDayOf, startOfLegalDay } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { layTestCity, personOf, rubbleStandard } from '../testing.ts'
import { sumDays } from './endings.ts'
import { cutIntoDays } from './model/days.ts'
import { closingCounts, outcomeCounts, type RatesWanted } from './queries.ts'

test('a period is cut into whole days and a rest that leave nothing out and count nothing twice', () => {
  const origin = startOfLegalDay('2026-03-01').getTime()
  const instant = fc.integer({ min: 0, max: 40 * 24 }).map((h) => new Date(origin + h * HOUR))
  const day = fc.integer({ min: -3, max: 45 }).map((d) => legalDayOf(new Date(origin + d * DAY)))
  fc.assert(
    fc.property(instant, instant, fc.array(day, { maxLength: 8 }), (x, y, touched) => {
      const [from, to] = x < y ? [x, y] : [y, x]
      const { days, rest } = cutIntoDays(from, to, touched)
      for (let at = origin; at < origin + 41 * DAY; at += HOUR) {
        const now = new Date(at)
        const inRest = rest.filter((r) => now >= r.from && now < r.to).length
        const legal = legalDayOf(now)
        const inDays = Number(days !== null && legal >= days.first && legal < days.end && inRest === 0)
        expect(inRest + inDays).toBe(now >= from && now < to ? 1 : 0)
        if (inDays) expect(touched).not.toContain(legal)
      }
    }),
    { numRuns: 60 },
  )
})

const { db } = await testServer(modules)
await layTestCity(db)
const leader = await personOf(db, 'shift_leader', 'a-sup', ['110101'])
const street = await personOf(db, 'unit_manager', 'a-street', [], ['a-street'])

/** So many cases that ended in one way or another over forty days, in three streets. */
const cases = 400
await sql`insert into cases.case_file (id, no, status, source, scheme, scheme_version, kind, class_code, standard_id, lon, lat, xy, area_code, place_zh,
    place_en, description, reported_at, created_by, stage_since, lead_unit_id, checked_by, rework_count, reports, closed_at, close_kind, merged_into,
    doubts, clock_start, due, limit_value, limit_unit)
  select gen_random_uuid(), 'T' || n, status, case when n % 3 = 0 then 'hotline' else 'inspector' end, 'GBT30428.2', '2013', 'event',
    case when n % 5 = 0 then '0301' else '0111' end, case when n % 5 = 0 then null else ${rubbleStandard} end, 116.4, 39.9, point(0, 0),
    (array['110101001001001', '110101002001001', '110102001001001'])[1 + n % 3], '', '', 'x', closed - interval '2 days', 'x', closed,
    case when n % 2 = 0 then 'a-street' else 'b-street' end, case when n % 4 > 0 then 'checker' end, 0, 1, closed,
    case when status = 'closed' then (array['normal', 'normal', 'by_notice', 'forced'])[1 + n % 4] end, null,
    case when n % 7 = 0 then '{far}' else '{}' end::text[], closed - interval '1 day', closed - interval '1 hour', 4, 'WORK_HOUR'
  from (select n, now() - (n * 2.4 || ' hours')::interval as closed, (array['closed', 'closed', 'closed', 'rejected', 'voided'])[1 + n % 5] as status
    from generate_series(1, ${cases}) n) x`.execute(db)
// Some reporters said what they think.
await sql`insert into cases.report (id, case_id, code, source, at, text, recorded, lon, lat, original, created_by)
  select gen_random_uuid(), id, 'C' || no, source, reported_at, '', reported_at, lon, lat, '{}', 'x' from cases.case_file`.execute(
  db,
)
await sql`insert into cases.answer (report_id, case_id, fixed, reason, at)
  select r.id, c.id, c.class_code = '0111', null, c.closed_at from cases.case_file c join cases.report r on r.case_id = c.id
  where c.status = 'closed' and c.source = 'hotline' and ascii(right(c.no, 1)) % 2 = 0`.execute(db)

const now = Date.now()
const periods: RatesWanted[] = [
  { from: new Date(now - 30 * DAY), to: new Date(now), by: 'all' },
  { from: new Date(now - 30 * DAY), to: new Date(now), by: 'area' },
  { from: new Date(now - 20 * DAY), to: new Date(now - 3 * DAY - HOUR), by: 'unit' },
  { from: startOfLegalDay(legalDayOf(new Date(now - 9 * DAY))), to: new Date(now), by: 'area', area: '110101' },
  { from: new Date(now - 39 * DAY), to: new Date(now), by: 'all', area: '110101002', unitId: 'a-street' },
  { from: new Date(now - HOUR), to: new Date(now), by: 'all' },
]
async function figures(at: Db = db): Promise<unknown[]> {
  const all: unknown[] = []
  for (const w of periods)
    for (const who of [null, leader, street])
      all.push([w.by, await closingCounts(at, who, w), who && (await outcomeCounts(at, who, w))])
  return all
}
/** The same counted case by case: without a mark nothing is taken from the sums. */
async function byRows(): Promise<unknown[]> {
  let all: unknown[] = []
  const undone = new Error('undone')
  await db
    .transaction()
    .execute(async (tx) => {
      await sql`delete from cases.ended_mark`.execute(tx)
      all = await figures(tx)
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
  return all
}
const touch = (where: ReturnType<typeof sql>) =>
  sql`update cases.case_file c set xid = pg_current_xact_id(), ${where}`.execute(db)

test('rates from sums of days are those counted case by case, whatever changed since, and need not wait for the next tick [DUM-04] [PUB-16]', async () => {
  const rows = await byRows()
  expect(JSON.stringify(rows)).toContain('"verified":')
  expect(await figures()).toEqual(rows)
  await sumDays(db)
  expect(await figures()).toEqual(rows)
  const { rows: sums } = await sql<{ n: number }>`select sum(n)::int as n from cases.ended_day`.execute(db)
  expect(sums[0]?.n).toBe(cases)
  // The sums are what is read: one that is wrong shows.
  await sql`update cases.ended_day set n = n + 1`.execute(db)
  expect(await figures()).not.toEqual(rows)
  await sql`update cases.ended_day set n = n - 1`.execute(db)

  // Evidence found wanting later, an answer that came late, a merge undone, a case taken up again that failed once more.
  await touch(sql`doubts = '{seen-before}' where c.no = 'T60'`)
  await sql`update cases.answer set fixed = not fixed where case_id = (select id from cases.case_file where no = 'T90')`.execute(
    db,
  )
  await touch(sql`version = c.version + 1 where c.no = 'T90'`)
  const twice = sql`reopened_from = (select id from cases.case_file where no = 'T120'), rework_count = 1 where c.no = 'T5'`
  await touch(twice)
  const changed = await byRows()
  expect(changed).not.toEqual(rows)
  expect(await figures()).toEqual(changed)
  await sumDays(db)
  expect(await figures()).toEqual(changed)
  expect(await byRows()).toEqual(changed)
})

test('a case that is merged no more leaves the sum of its day [CMD-27]', async () => {
  const merged = sql`status = 'merged', merged_into = (select id from cases.case_file where no = 'T2'), close_kind = null where c.no = 'T40'`
  await touch(merged)
  await sql`insert into cases.event (case_id, seq, act, actor_id, from_status, to_status, at, recorded, prev_hash, hash)
    select id, 1, 'merge', 'x', 'reported', 'merged', closed_at, closed_at, '', 'h' from cases.case_file where no = 'T40'`.execute(
    db,
  )
  await sumDays(db)
  await touch(sql`status = 'reported', merged_into = null, closed_at = null where c.no = 'T40'`)
  const rows = await byRows()
  expect(await figures()).toEqual(rows)
  await sumDays(db)
  expect(await figures()).toEqual(rows)
})
