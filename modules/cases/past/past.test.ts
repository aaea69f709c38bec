import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { testServer } from '@pentad/platform/testing'
import { HOUR, MINUTE } from '@pentad/platform/time'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { casesAt, casesFlow, reportCase, takeStep } from '../contract.ts'
import type { StepName } from '../model/index.ts'
import { insideCell, layTestCity, outsideCell, personOf, pointIn, rubble, rubbleStandard } from '../testing.ts'
import { bucketsOf, spanOf, spans } from './model.ts'

const { db, as } = await testServer(modules)
await layTestCity(db)
const a = ['110101']
const leader = await personOf(db, 'leader', 'a', a)
const street = await personOf(db, 'overseer', 'a', ['110101002'])
const cityLeader = await personOf(db, 'leader', 'city', ['110000', '110101', '110102'])
const inspector = await personOf(db, 'inspector', 'a-sup', a)
const elsewhere = await personOf(db, 'inspector', 'b', ['110102'])
const seat = await personOf(db, 'acceptor', 'a-sup', a)
const shift = await personOf(db, 'shift_leader', 'a-sup', a)
const dispatcher = await personOf(db, 'dispatcher', 'a-cmd', a)

const report = (who = inspector, cell: string = insideCell) =>
  as(who)(reportCase, {
    body: { ...rubble, point: pointIn(cell), description: '', source: 'inspector', at: new Date().toISOString() },
  })
const take = (who: typeof seat, id: string, step: StepName, extra = {}) =>
  as(who)(takeStep, { params: { id }, body: { step, at: new Date().toISOString(), ...extra } })
const at = (who: typeof seat, instant: Date, extra = {}) =>
  as(who)(casesAt, { query: { instant: instant.toISOString(), ...extra } })
/** An instant that lies between what was done and what comes. */
async function between(): Promise<Date> {
  await new Promise((done) => setTimeout(done, 15))
  const now = new Date()
  await new Promise((done) => setTimeout(done, 15))
  return now
}

test('the map shows the cases of an earlier instant with the status and light of then, not of now [ONE-13] [ONE-14]', async () => {
  const before = await between()
  const { id } = await report()
  const reported = await between()
  await take(seat, id, 'accept')
  await take(shift, id, 'file', { standardId: rubbleStandard })
  await take(dispatcher, id, 'dispatch', { unitId: 'a-street' })
  const dispatched = await between()
  // The limit ran out after the instant that is asked for: then it was green.
  await sql`update cases.case_file set urge_at = ${new Date(dispatched.getTime() + 5)}, due = ${new Date(dispatched.getTime() + 10)} where id = ${id}`.execute(
    db,
  )
  const late = await between()
  await sql`update cases.case_file set status = 'closed', close_kind = 'normal', closed_at = ${late} where id = ${id}`.execute(
    db,
  )
  const closed = await between()

  expect((await at(leader, before)).open).toBe(0)
  expect((await at(leader, reported)).cases).toMatchObject([{ id, status: 'reported', light: 'green' }])
  expect((await at(leader, dispatched)).cases).toMatchObject([{ id, status: 'pending_sign', light: 'green' }])
  expect((await at(leader, new Date(late.getTime() - 1))).cases).toMatchObject([
    { id, status: 'pending_sign', light: 'red' },
  ])
  expect((await at(leader, closed)).open).toBe(0)
  expect((await at(leader, reported)).byLight).toEqual({ rest: 0, green: 1, yellow: 0, red: 0 })
})

test('a step of the centre that outlasts its minutes was red at that instant [ONE-14]', async () => {
  const { id } = await report()
  const now = new Date()
  const light = async (minutes: number) =>
    (await at(leader, new Date(now.getTime() + minutes * MINUTE))).cases.find((c) => c.id === id)?.light
  expect(await light(1)).toBe('green')
  expect(await light(13)).toBe('yellow')
  expect(await light(16)).toBe('red')
})

test('a colleague sees the past of their own area only, and a box or an area narrows it [ONE-12]', async () => {
  await report()
  await report(elsewhere, outsideCell)
  const now = await between()
  const all = await at(cityLeader, now)
  const inA = await at(leader, now)
  expect(inA.open).toBeLessThan(all.open)
  expect((await at(street, now)).open).toBe(0)
  expect((await at(cityLeader, now, { area: '110102' })).open).toBe(all.open - inA.open)
  const { lon, lat } = pointIn(outsideCell)
  const box = { west: lon - 0.0003, east: lon + 0.0003, south: lat - 0.0003, north: lat + 0.0003 }
  expect((await at(cityLeader, now, box)).open).toBe(all.open - inA.open)
  await expect(at(cityLeader, now, { west: 116 })).rejects.toMatchObject({ status: 400 })
})

test('too many cases for a map come as counts of cells, and the counts hold all of them [ONE-13]', async () => {
  await report()
  const now = await between()
  const whole = await at(cityLeader, now)
  const counted = await at(cityLeader, now, { most: 2 })
  expect(counted.cases).toEqual([])
  expect(counted.groupedBy).toBe('cell')
  expect(counted.groups.reduce((sum, g) => sum + g.count, 0)).toBe(whole.open)
  expect(counted.groups.every((g) => g.count === g.rest + g.green + g.yellow + g.red)).toBe(true)
})

test('reports and closings of each hour are counted within rights and area [ONE-13]', async () => {
  const counts = async (who: typeof seat, area?: string) => {
    const query = { until: new Date().toISOString(), span: 'day' as const, ...(area ? { area } : {}) }
    const { buckets } = await as(who)(casesFlow, { query })
    return {
      n: buckets.length,
      reported: buckets.reduce((s, b) => s + b.reported, 0),
      closed: buckets.reduce((s, b) => s + b.closed, 0),
    }
  }
  const before = await counts(leader)
  await report()
  expect(await counts(leader)).toEqual({ ...before, reported: before.reported + 1 })
  expect((await counts(street)).reported).toBe(0)
  expect((await counts(leader, '110101002')).reported).toBe(0)
  expect(before.n).toBe(24)
  expect(before.closed).toBe(1)
})

test('the past is found by its index, not by reading every case there was', async () => {
  await sql`insert into cases.case_file (id, no, status, source, scheme, scheme_version, kind, class_code, lon, lat, xy, area_code, place_zh, place_en,
      description, reported_at, created_by, stage_since, closed_at, origin)
    select gen_random_uuid(), 'P' || n, 'closed', source, scheme, scheme_version, kind, class_code, lon, lat, xy, area_code, '', '', '',
      now() - n * interval '1 hour', ${newId()}, now(), now() - (n - 2) * interval '1 hour', 'demo'
    from cases.case_file, generate_series(10, 6000) n where no = (select min(no) from cases.case_file)`.execute(db)
  await sql`analyze cases.case_file`.execute(db)
  const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select count(*) from cases.case_file c
    where cases.life(c.reported_at, c.closed_at) @> ${new Date(Date.now() - 2000 * HOUR)}::timestamptz`.execute(db)
  expect(rows.map((r) => r['QUERY PLAN']).join('\n')).toContain('case_life')
})

test('every instant lies in the last bucket of its span, and buckets begin with the legal day', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
      fc.constantFrom(...spans),
      (until, span) => {
        const { from, to } = spanOf(until, span)
        const { widthMs, count } = bucketsOf[span]
        expect(to.getTime() - from.getTime()).toBe(count * widthMs)
        expect(until.getTime()).toBeLessThan(to.getTime())
        expect(until.getTime()).toBeGreaterThanOrEqual(to.getTime() - widthMs)
        expect((from.getTime() + 8 * HOUR) % widthMs).toBe(0)
      },
    ),
  )
})
