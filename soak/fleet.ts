/** Devices of a campaign: registered in the store, and played by the simulators with a ledger of what was acknowledged. */
import { hashToken } from '@pentad/platform/crypto'
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { createDrive, onFoot, type RoadNet, roadNet } from '../apps/simulator/drive.ts'
import { facilityAt } from '../apps/simulator/facility-shape.ts'
import type { Faults } from '../apps/simulator/faults.ts'
import type { Ledger } from '../apps/simulator/ledger.ts'
import { type Simulated, simulateMonitor } from '../apps/simulator/monitor.ts'
import { simulatePhone } from '../apps/simulator/phone.ts'
import { seedOf } from '../apps/simulator/random.ts'
import { simulateSensor } from '../apps/simulator/sensor.ts'
import { simulateVehicle } from '../apps/simulator/vehicle.ts'

export interface FleetSizes {
  monitors: number
  vehicles: number
  phones: number
  sensors: number
}
export interface Ports {
  hj212: number
  jt808: number
  mqtt: number
  osmand: number
}

const named = (count: number, name: (n: number) => string): string[] => Array.from({ length: count }, (_, n) => name(n))
export const addressesOf = (sizes: FleetSizes) => ({
  monitors: named(sizes.monitors, (n) => `SOAK110101${String(n).padStart(14, '0')}`),
  vehicles: named(sizes.vehicles, (n) => String(198_000_000_000 + n)),
  phones: named(sizes.phones, (n) => `soak-phone-${n}`),
  sensors: named(sizes.sensors, (n) => `soak-sensor-${n}`),
})
export const tokenOf = (login: string): string => `${login}-token`

/** By the columns alone: a campaign needs no names and no places. */
export async function registerFleet(db: Db, sizes: FleetSizes): Promise<void> {
  const all = addressesOf(sizes)
  const put = async (kind: string, protocol: string, addresses: readonly string[]): Promise<void> => {
    await sql`insert into sensing.device (id, kind, protocol, address, name_zh, name_en, area_code)
      select u.id, ${kind}, ${protocol}, u.address, 'soak', 'soak', '110101'
      from unnest(${addresses.map(() => newId())}::uuid[], ${addresses}::text[]) u (id, address) on conflict do nothing`.execute(
      db,
    )
  }
  await put('sensor', 'hj212', all.monitors)
  await put('vehicle', 'jt808', all.vehicles)
  await put('phone', 'osmand', all.phones)
  await put('sensor', 'mqtt', all.sensors)
  const guests = [...all.phones, ...all.sensors]
  await sql`insert into sensing.account (device_id, login, token_hash, issued_by, issued_at)
    select d.id, u.login, u.hash, 'soak', now()
    from unnest(${guests}::text[], ${guests.map((login) => hashToken(tokenOf(login)))}::text[]) as u (login, hash)
      join sensing.device d on d.address = u.login and d.protocol in ('mqtt', 'osmand') on conflict do nothing`.execute(
    db,
  )
  await sql`update sensing.device set xid = pg_current_xact_id() where name_zh = 'soak'`.execute(db)
}

/** Streets enough to drive on: every 300 m, both ways. */
function streets(): RoadNet {
  const at = (x: number, y: number): [number, number] => [116.4 + x * 0.0035, 39.9 + y * 0.0027]
  const steps = Array.from({ length: 12 }, (_, n) => n)
  return roadNet(
    steps.flatMap((n) => [
      { class: 'secondary', line: steps.map((m) => at(m, n)) },
      { class: 'secondary', line: steps.map((m) => at(n, m)) },
    ]),
  )
}

export interface Fleet {
  counts: () => Simulated['counts']
  stop: () => Promise<void>
}
/** Speaks about once a second and device, monitors twice. */
export function startFleet(order: {
  sizes: FleetSizes
  ports: Ports
  ledger: Ledger
  seed: number
  faults?: Faults | undefined
}): Fleet {
  const { sizes, ports, ledger, seed, faults } = order
  const all = addressesOf(sizes)
  const net = streets()
  const of = { host: '127.0.0.1', seed, ledger, faults }
  const devices: Simulated[] = [
    ...all.monitors.map((mn) =>
      simulateMonitor({ ...of, port: ports.hj212, mn, rtdEveryMs: 500, backfillMinutes: 2, weather: true }),
    ),
    ...all.vehicles.map((phone) =>
      simulateVehicle({
        ...of,
        port: ports.jt808,
        phone,
        plate: phone.slice(-7),
        drive: createDrive(net, seedOf(seed, phone)),
        everyMs: 1000,
      }),
    ),
    ...all.phones.map((id) =>
      simulatePhone({
        ...of,
        port: ports.osmand,
        id,
        token: tokenOf(id),
        drive: createDrive(net, seedOf(seed, id), { pace: onFoot }),
        everyMs: 1000,
      }),
    ),
    ...all.sensors.map((login) =>
      simulateSensor({
        ...of,
        port: ports.mqtt,
        login,
        token: tokenOf(login),
        measure: (at) => facilityAt('level', seed, login, at),
        everyMs: 1000,
      }),
    ),
  ]
  return {
    counts: () =>
      devices.reduce(
        (sum, { counts }) => ({
          sent: sum.sent + counts.sent,
          answered: sum.answered + counts.answered,
          pending: sum.pending + counts.pending,
        }),
        { sent: 0, answered: 0, pending: 0 },
      ),
    stop: async () => void (await Promise.all(devices.map((device) => device.stop()))),
  }
}
