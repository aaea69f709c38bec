/**
 * Devices speak all their protocols while gateway, server and database engine are killed (kill -9), one at a random moment of each
 * round, and started again by the launcher. At the end the devices' ledger is laid beside the store.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '@pentad/platform/db'
import { freePort } from '@pentad/platform/db/embedded'
import { packBays } from '@pentad/sensing'
import { openLedger } from '../apps/simulator/ledger.ts'
import { chance } from '../apps/simulator/random.ts'
import { forget, startDemo } from '../bench/harness.ts'
import { type Comparison, compare } from './compare.ts'
import { type FleetSizes, registerFleet, startFleet } from './fleet.ts'

export const victims = ['gateway', 'engine', 'server'] as const
export type Victim = (typeof victims)[number]

export interface Round {
  victim: Victim
  /** From the kill to the first row that was acknowledged afterwards, in milliseconds. */
  silentMs: number
}
export interface CampaignResult {
  rounds: Round[]
  sent: number
  before: Comparison
  /** The same once more, after the fixes were packed into their rows. */
  afterPacking: Comparison
}

/** The devices of a city that nobody plays beside ours. */
const quietSimulator = '--monitors 0 --vehicles 0 --phones 0 --sensors 0'
const patienceMs = 120_000
/** Long enough for a round to have something under way, and for answers that come late. */
const leastMs = 1500
const mostMs = 5000

export async function campaign(order: {
  rounds: number
  sizes: FleetSizes
  seed: number
  /** Whom to kill in this round; by chance when left out. */
  victimOf?: (round: number) => Victim
  onRound?: (round: Round, acknowledged: number) => void
}): Promise<CampaignResult> {
  const { rounds, sizes, seed, onRound } = order
  const next = chance(seed)
  const victimOf = order.victimOf ?? (() => victims[Math.floor(next() * victims.length)] ?? 'gateway')
  const [mqtt, osmand] = [await freePort(), await freePort()]
  const demo = await startDemo(undefined, {
    PENTAD_DEMO_CASES: '1000',
    PENTAD_MQTT_PORT: String(mqtt),
    PENTAD_OSMAND_PORT: String(osmand),
    PENTAD_SIMULATOR: quietSimulator,
  })
  const folder = mkdtempSync(join(tmpdir(), 'pentad-ledger-'))
  const file = join(folder, 'ledger.tsv')
  const ledger = openLedger(file)
  const { db, close } = openDatabase(demo.engineUrl, { connections: 2 })
  try {
    await registerFleet(db, sizes)
    const ports = { hj212: demo.hj212Port, jt808: demo.jt808Port, mqtt, osmand }
    const fleet = startFleet({ sizes, ports, ledger, seed })
    await anAnswer(() => ledger.count)
    const killed: Round[] = []
    for (let round = 0; round < rounds; round++) {
      await sleep(leastMs + next() * (mostMs - leastMs))
      const victim = victimOf(round)
      const pid = demo.pidsNow()[victim]
      if (pid === undefined) throw new Error(`${victim} does not run`)
      process.kill(pid, 'SIGKILL')
      // What was on its way when it died may still be read.
      await sleep(100)
      const silentMs = 100 + (await anAnswer(() => ledger.count))
      await backAgain(() => demo.pidsNow()[victim] !== undefined)
      killed.push({ victim, silentMs })
      onRound?.({ victim, silentMs }, ledger.count)
    }
    // What nobody answered for is sent again within ten seconds.
    await sleep(leastMs)
    const { sent } = fleet.counts()
    await fleet.stop()
    ledger.flush()
    const before = await compare(db, file)
    const soon = Date.now() + 10 * 60_000
    for (const at of [soon, soon + 10 * 60_000]) await packBays(db, new Date(at))
    return { rounds: killed, sent, before, afterPacking: await compare(db, file) }
  } finally {
    ledger.close()
    await close()
    await demo.stop()
    forget(demo.folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Waits until more was acknowledged than now; gives for how long, in milliseconds. */
async function anAnswer(count: () => number): Promise<number> {
  const [began, before] = [performance.now(), count()]
  while (count() === before) {
    if (performance.now() - began > patienceMs) throw new Error('nothing is acknowledged any more')
    await sleep(20)
  }
  return performance.now() - began
}
async function backAgain(there: () => boolean): Promise<void> {
  for (const until = Date.now() + patienceMs; !there(); await sleep(200))
    if (Date.now() > until) throw new Error('it was not started again')
}

export const isRight = ({ before, afterPacking }: CampaignResult): boolean =>
  [before, afterPacking].every((c) => !c.lost.length && !c.twice.length && !c.changed.length)
