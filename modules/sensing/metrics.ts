/** What the gateways of all processes counted, for Prometheus; asked for when somebody looks. */
import type { Db } from '@pentad/platform/db'
import { gauge } from '@pentad/platform/metrics'
import { deviceSums, rejectSums, smallSums } from './queries/index.ts'

let registered: { db: Db } | undefined

export function registerMetrics(db: Db): void {
  // The registry is the process's: a second server in it (tests) only changes whom we ask.
  if (registered) {
    registered.db = db
    return
  }
  const source = { db }
  registered = source
  const figure = <T>(
    name: string,
    help: string,
    labels: (keyof T & string)[],
    ask: (db: Db) => Promise<readonly (T & { count: number })[]>,
  ) =>
    gauge(name, help, labels, async (g) => {
      g.reset()
      // While the database is away the other figures of the page still count.
      const rows = await ask(source.db).catch(() => [])
      for (const row of rows) {
        g.set(Object.fromEntries(labels.map((label) => [label, String(row[label])])), row.count)
      }
    })
  figure<{ protocol: string; code: string }>(
    'pentad_sensing_rejects',
    'Frames that could not be taken, by protocol and reason, since the beginning',
    ['protocol', 'code'],
    rejectSums,
  )
  figure<{ kind: string; state: string }>(
    'pentad_sensing_devices',
    'Devices, by kind and state',
    ['kind', 'state'],
    deviceSums,
  )
  figure<object>('pentad_sensing_unknown_devices', 'Addresses that spoke and are not registered', [], async (at) => [
    { count: (await smallSums(at)).unknown },
  ])
  figure<object>('pentad_sensing_alarms_open', 'Alarms that have not cleared', [], async (at) => [
    { count: (await smallSums(at)).open },
  ])
}
