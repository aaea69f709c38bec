import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { actorWith, testServer } from '@pentad/platform/testing'
import { DAY, HOUR, legalDayOf, startOfLegalDay } from '@pentad/platform/time'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { listPins, readKeeping, setKeeping, tryKeeping } from '../contract.ts'
import { endHolds, linkCase, recordObservations } from '../index.ts'
import { laySensingCity, monitorMn } from '../testing.ts'
import { keepOnce } from './run.ts'

const { db, as } = await testServer(modules)
await laySensingCity(db)
const { rows } = await sql<{ id: string }>`select id from sensing.device where address = ${monitorMn}`.execute(db)
const monitor = rows[0]?.id ?? ''
const keeper = as(actorWith({ areas: [''], may: ['sensing.read', 'sensing.set-keeping'] }))
const now = new Date()
const after = (days: number): Date => new Date(now.getTime() + days * DAY)
/** Noon of so many legal days ago. */
const ago = (days: number): Date => new Date(startOfLegalDay(legalDayOf(now)).getTime() - days * DAY + 12 * HOUR)
const measure = (from: Date, count = 4) =>
  recordObservations(
    db,
    Array.from({ length: count }, (_, i) => ({
      ...{ deviceId: monitor, factor: 'LA', period: 'rtd' as const, max: null, min: null, flag: 'N', value: 60 },
      observedAt: new Date(from.getTime() + i * 10_000),
    })),
  )
async function left(at: Date): Promise<number> {
  const { rows: found } = await sql<{
    n: number
  }>`select count(*)::int as n from sensing.observation where device_id = ${monitor}
    and observed_at between ${at} and ${new Date(at.getTime() + HOUR)}`.execute(db)
  return found[0]?.n ?? 0
}
async function keepAll(at: Date): Promise<void> {
  for (let i = 0; i < 500 && (await keepOnce(db, at)) > 0; i++);
}

const rule = {
  ...{
    realtimeDays: 90,
    minuteDays: 90,
    hourDays: null,
    trackDays: 180,
    trackStepSeconds: 60,
    trackThinDays: 730,
    passDays: 62,
  },
  evidenceDays: 30,
}
const [held, free] = [ago(100), ago(101)]
await measure(held)
await measure(free)
const { versions } = await keeper(readKeeping)
await keeper(setKeeping, { body: { after: versions[0]?.version ?? 0, rule, note: '试验' } })
const caseId = newId()
const alarm = newId()
await sql`insert into sensing.alarm (id, rule, level, device_id, raised_at, cleared_at, peak, limit_value, unit, standard)
  values (${alarm}, 'noise-leq', 'alarm', ${monitor}, ${held}, ${held}, 1, 0, '', '')`.execute(db)

test('what a case rests on stays whole though its alarm was false, and the trial says how much of it [SEN-29]', async () => {
  await linkCase(db, alarm, caseId)
  await sql`update sensing.alarm set verdict = 'false', verdict_by = 'x', verdict_at = now() where id = ${alarm}`.execute(
    db,
  )
  const { hourDays: _, ...query } = rule
  const { stores } = await keeper(tryKeeping, { query })
  const realtime = stores.find((s) => s.store === 'realtime')
  expect(realtime).toMatchObject({ rows: 4, pinned: 4 })
  expect(realtime?.pinnedBytes).toBe(realtime?.bytes)
  await keepAll(now)
  expect([await left(held), await left(free)]).toEqual([4, 0])
  expect((await keeper(listPins, { params: { id: monitor } })).holds).toEqual([
    {
      ...{ caseId, because: 'alarm', keptUntil: null },
      from: new Date(held.getTime() - HOUR).toISOString(),
      until: new Date(held.getTime() + HOUR).toISOString(),
    },
  ])
})

test('after its case has ended it stays for the days of the rule, and goes in the round after them [SEN-29]', async () => {
  await endHolds(db, [{ caseId, endedAt: now }])
  expect((await keeper(listPins, { params: { id: monitor } })).holds).toMatchObject([
    { keptUntil: after(30).toISOString() },
  ])
  // The second call of a day begins a new round, where the last is old.
  for (const day of [29, 29]) await keepAll(after(day))
  expect(await left(held)).toBe(4)
  // Taken up again, then over for good.
  await endHolds(db, [{ caseId, endedAt: null }])
  for (const day of [40, 40, 75, 75]) await keepAll(after(day))
  expect(await left(held)).toBe(4)
  await endHolds(db, [{ caseId, endedAt: after(76) }])
  for (const day of [110, 110]) await keepAll(after(day))
  expect(await left(held)).toBe(0)
})
