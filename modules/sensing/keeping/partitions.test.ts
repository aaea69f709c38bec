import { sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { actorWith, testServer } from '@pentad/platform/testing'
import { DAY, HOUR, legalDayOf, startOfLegalDay } from '@pentad/platform/time'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { pinValues, readKeeping, setKeeping } from '../contract.ts'
import { recordObservations } from '../index.ts'
import { ensurePartitions } from '../queries/index.ts'
import { laySensingCity, monitorMn } from '../testing.ts'
import { dropEmptied } from './partitions.ts'
import { keepOnce } from './run.ts'

const { db, pool, as } = await testServer(modules)
await laySensingCity(db)
const { rows } = await sql<{ id: string }>`select id from sensing.device where address = ${monitorMn}`.execute(db)
const monitor = rows[0]?.id ?? ''
const keeper = as(actorWith({ areas: [''], may: ['sensing.read', 'sensing.set-keeping', 'sensing.judge'] }))
const now = new Date()
/** Noon of so many legal days ago. */
const ago = (days: number): Date => new Date(startOfLegalDay(legalDayOf(now)).getTime() - days * DAY + 12 * HOUR)
const partOf = (parent: string, at: Date): string => `${parent}_${legalDayOf(at).replaceAll('-', '')}`
const measure = (from: Date, count = 4) =>
  recordObservations(
    db,
    Array.from({ length: count }, (_, i) => ({
      ...{ deviceId: monitor, factor: 'LA', period: 'rtd' as const, max: null, min: null, flag: 'N', value: 60 },
      observedAt: new Date(from.getTime() + i * 10_000),
    })),
  )
const left = async (at: Date): Promise<number> =>
  (
    await sql<{ n: number }>`select count(*)::int as n from sensing.observation where device_id = ${monitor}
      and observed_at between ${at} and ${new Date(at.getTime() + HOUR)}`.execute(db)
  ).rows[0]?.n ?? 0

test('a day of which nothing is left gives its partition back, and no writer is held up by that [SEN-29]', async () => {
  const [held, free] = [ago(100), ago(101)]
  await ensurePartitions(db, [held, free].map(legalDayOf))
  await measure(held)
  await measure(free, 400)
  await keeper(pinValues, {
    params: { id: monitor },
    body: { from: held.toISOString(), until: new Date(held.getTime() + HOUR).toISOString(), reason: '案卷证据' },
  })
  const { versions } = await keeper(readKeeping)
  const rule = { ...(versions[0]?.rule as NonNullable<(typeof versions)[0]>['rule']), minuteDays: 90 }
  await keeper(setKeeping, { body: { after: versions[0]?.version ?? 0, rule, note: '试验' } })
  for (let i = 0; i < 500 && (await keepOnce(db, now)) > 0; i++);

  const writer = await pool.connect()
  try {
    await writer.query('begin')
    await writer.query(
      `insert into sensing.observation (device_id, factor, period, observed_at, received_at) values ($1, 'T', 'rtd', now(), now())`,
      [newId()],
    )
    // While one still writes nothing is dropped, and whoever comes after writes on beside it.
    const [dropped] = await Promise.all([dropEmptied(db), measure(now, 1)])
    expect(dropped.filter((name) => name.startsWith('observation'))).toEqual([])
  } finally {
    await writer.query('commit')
    writer.release()
  }
  const dropped = await dropEmptied(db)
  expect(dropped).toContain(partOf('observation', free))
  // One has what somebody holds; today has not been gone through yet.
  expect(dropped).not.toContain(partOf('observation', held))
  expect(dropped).not.toContain(partOf('observation', now))
  expect(await left(held)).toBe(4)
  expect(await dropEmptied(db)).toEqual([])
  // A value of that day that comes now has its place.
  await measure(free, 1)
  expect(await left(free)).toBe(1)
})
