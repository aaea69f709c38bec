import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, sql } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { testDatabase } from '@pentad/platform/testing'
import { packBays } from '@pentad/sensing'
import { afterAll, expect, test } from 'vitest'
import { startGateway } from '../apps/gateway/gateway.ts'
import { openLedger } from '../apps/simulator/ledger.ts'
import { play } from '../apps/simulator/player.ts'
import { clockwork, readRecording } from '../apps/simulator/replay.ts'
import { laySensingCity } from '../modules/sensing/testing.ts'
import { compare } from './compare.ts'
import { addressesOf, registerFleet, startFleet } from './fleet.ts'

const sizes = { monitors: 4, vehicles: 6, phones: 3, sensors: 4 }
const all = addressesOf(sizes)
const { db, url } = await testDatabase()
await laySensingCity(db)
await registerFleet(db, sizes)
const own = openDatabase(url, { connections: 6 })
const gateway = await startGateway({
  settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0, mqttPort: 0, osmandPort: 0 },
  db: own.db,
  log: logger('test', 'silent'),
})
const folder = mkdtempSync(join(tmpdir(), 'pentad-ledger-'))
afterAll(async () => {
  await gateway.stop()
  await own.close()
  rmSync(folder, { recursive: true, force: true })
})

test('over lines that lose, double, reorder, spoil and break, all that devices were answered for is stored once [SEN-29]', {
  timeout: 60_000,
}, async () => {
  const file = join(folder, 'faults.tsv')
  const ledger = openLedger(file)
  const faults = {
    loss: 0.04,
    duplicates: 0.05,
    reordering: 0.05,
    garbage: 0.04,
    noise: 0.04,
    cuts: 0.02,
    driftS: 30,
  }
  const fleet = startFleet({ sizes, ports: gateway.ports, ledger, seed: 3, faults })
  await new Promise((go) => setTimeout(go, 15_000))
  await fleet.stop()
  ledger.close()
  const found = await compare(db, file)
  expect(found).toMatchObject({ lost: [], twice: [], changed: [] })
  expect(found.different).toBeGreaterThan(150)
  // Each fleet was heard, and what was spoiled was counted.
  const { rows } = await sql<{ protocol: string }>`select distinct protocol from sensing.reject order by 1`.execute(db)
  expect(rows.map((r) => r.protocol)).toEqual(expect.arrayContaining(['hj212', 'jt808']))
  const heard = await sql<{
    n: number
  }>`select count(*)::int as n from sensing.device d join sensing.device_state s on s.device_id = d.id
    where d.name_zh = 'soak'`.execute(db)
  expect(heard.rows[0]?.n).toBe(sizes.monitors + sizes.vehicles + sizes.phones + sizes.sensors)
})

test('a row that the store does not have, has twice, or has otherwise is found by the comparison [SEN-29]', async () => {
  const file = join(folder, 'wrong.tsv')
  const ledger = openLedger(file)
  const [phone = '', mn = ''] = [all.vehicles[0], all.monitors[0]]
  ledger.note([
    { what: 'fix', protocol: 'jt808', device: phone, atMs: 1_700_000_000_000, lonE6: 1, latE6: 2 },
    { what: 'value', protocol: 'hj212', device: 'NOBODY', atMs: 1, factor: 'LA', period: 'rtd', value: 1 },
  ])
  const { rows } = await sql<{ at: Date; value: number }>`select o.observed_at as at, o.value from sensing.observation o
    join sensing.device d on d.id = o.device_id where d.address = ${mn} and factor = 'LA' limit 1`.execute(db)
  const [stored] = rows
  if (!stored) throw new Error('nothing is stored')
  const of = { what: 'value' as const, protocol: 'hj212', device: mn, factor: 'LA', period: 'rtd' as const }
  ledger.note([{ ...of, atMs: stored.at.getTime(), value: stored.value + 1 }])
  ledger.close()
  const found = await compare(db, file)
  expect(found.lost).toHaveLength(2)
  expect(found.changed).toHaveLength(1)
})

test('a recording of one’s own is played tenfold and stored as it was recorded, at the times of its replay [SEN-02] [SEN-09]', {
  timeout: 60_000,
}, async () => {
  const [mn = '', phone = ''] = [all.monitors[1], all.vehicles[1]]
  const lines = Array.from({ length: 40 }, (_, n) => {
    const at = new Date(Date.UTC(2026, 2, 2, 14, 0, n)).toISOString()
    return `${mn},${at},Leq,${60 + n / 10},,\n${phone},${at},,,${116.4 + n / 10_000},39.9`
  })
  const recording = readRecording(`device,at,factor,value,lon,lat\n${lines.join('\n')}\n`)
  const file = join(folder, 'replay.tsv')
  const ledger = openLedger(file)
  const began = Date.now()
  const playing = play({
    host: '127.0.0.1',
    hj212Port: gateway.ports.hj212,
    jt808Port: gateway.ports.jt808,
    seed: 1,
    recording,
    clockwork: clockwork(recording, 10, began),
    ledger,
  })
  await playing.done
  await playing.stop()
  ledger.close()
  expect(Date.now() - began).toBeGreaterThanOrEqual(3900)
  expect(playing.counts).toMatchObject({ answered: 80, pending: 0 })
  const soon = Date.now() + 10 * 60_000
  for (const at of [soon, soon + 10 * 60_000]) await packBays(db, new Date(at))
  const found = await compare(db, file)
  expect(found).toMatchObject({ acknowledged: 80, different: 80, lost: [], twice: [], changed: [] })
  const { rows } = await sql<{ value: number; at: Date }>`select o.value, o.observed_at as at from sensing.observation o
    join sensing.device d on d.id = o.device_id where d.address = ${mn} and o.factor = 'Leq' and o.period = 'rtd' order by o.observed_at`.execute(
    db,
  )
  expect(rows.map((r) => r.value)).toEqual(Array.from({ length: 40 }, (_, n) => 60 + n / 10))
  expect(rows.at(-1)?.at.getTime()).toBeLessThanOrEqual(Date.now())
})
