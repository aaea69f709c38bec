/**
 * The plug is pulled: everything is killed at once while people report and take steps, and started again. What was
 * acknowledged is there once, no trail is broken, and timers that came due meanwhile fire once.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { brokenAt, trailOf } from '@pentad/cases'
import { reportCase, takeStep } from '@pentad/cases/contract'
import type { Client } from '@pentad/platform/client'
import { openDatabase, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { type Demo, forget, signedIn, startDemo } from '../bench/harness.ts'

export interface DrillResult {
  rounds: number
  /** Reports and steps that were answered as done. */
  acknowledged: number
  lost: string[]
  twice: string[]
  brokenTrails: string[]
  /** Fired by the timers that came due while all was down; two are right for each round. */
  timersFired: number
}

const callers = 4

interface Ledger {
  /** Case ids by the steps that were acknowledged. */
  steps: Map<string, string[]>
}

/** Reports and accepts until the world ends. */
async function work(inspector: Client, seat: Client, ledger: Ledger, over: () => boolean): Promise<void> {
  while (!over()) {
    const id = newId()
    const at = new Date().toISOString()
    try {
      const point = { lon: 116.4335, lat: 39.9405 }
      await inspector(reportCase, {
        body: { id, kind: 'event', classCode: '0111', point, description: 'drill', source: 'inspector', at },
      })
      ledger.steps.set(id, ['report'])
      await seat(takeStep, { params: { id }, body: { step: 'accept', at } })
      ledger.steps.set(id, ['report', 'accept'])
    } catch {
      // No answer: the caller does not know, and neither kept nor lost is wrong.
    }
  }
}

/** A dispatched case whose limit ends while all is down. */
async function timerDueIn(demo: Demo, seconds: number): Promise<string> {
  const { db, close } = openDatabase(demo.engineUrl, { connections: 1 })
  try {
    const { rows } = await sql<{ id: string }>`
      select c.id from cases.case_file c where c.status in ('pending_sign', 'disposing') and c.due > now() + interval '1 minute'
        and not exists (select from cases.event e where e.case_id = c.id and e.act in ('urge', 'overdue')) limit 1`.execute(
      db,
    )
    const id = rows[0]?.id ?? ''
    const at = new Date(Date.now() + seconds * 1000)
    await sql`update cases.case_file set urge_at = ${at}, due = ${at}, wake_at = ${at}, told = '{}' where id = ${id}`.execute(
      db,
    )
    return id
  } finally {
    await close()
  }
}

async function audit(demo: Demo, ledger: Ledger, timerCase: string, result: DrillResult): Promise<void> {
  const { db, close } = openDatabase(demo.engineUrl, { connections: 2 })
  try {
    for (const [id, steps] of ledger.steps) {
      const trail = await trailOf(db, id)
      for (const step of steps) {
        const times = trail.filter((e) => e.act === step).length
        if (times === 0) result.lost.push(`${id} ${step}`)
        if (times > 1) result.twice.push(`${id} ${step}`)
      }
      if (brokenAt(trail) !== undefined) result.brokenTrails.push(id)
      result.acknowledged += steps.length
    }
    const told = async () =>
      (await trailOf(db, timerCase)).filter((e) => e.act === 'urge' || e.act === 'overdue').length
    for (const until = Date.now() + 60_000; (await told()) < 2 && Date.now() < until; ) await sleep(200)
    result.timersFired += await told()
  } finally {
    await close()
  }
}

export async function drill(rounds: number): Promise<DrillResult> {
  const result: DrillResult = { rounds, acknowledged: 0, lost: [], twice: [], brokenTrails: [], timersFired: 0 }
  let demo = await startDemo(undefined, { PENTAD_DEMO_CASES: '2000' })
  const { folder } = demo
  try {
    for (let round = 0; round < rounds; round++) {
      const [inspector, seat] = [await signedIn(demo.base, 'inspector1'), await signedIn(demo.base, 'seat6')]
      const ledger: Ledger = { steps: new Map() }
      let over = false
      const working = Promise.all(Array.from({ length: callers }, () => work(inspector, seat, ledger, () => over)))
      const timerCase = await timerDueIn(demo, 4)
      await sleep(1500 + Math.random() * 1500)
      over = true
      demo.kill()
      await working
      // The limit ends while nobody is there to see it.
      await sleep(4000)
      demo = await startDemo(folder, { PENTAD_DEMO_CASES: '2000' })
      await audit(demo, ledger, timerCase, result)
    }
  } finally {
    await demo.stop()
    forget(folder)
  }
  return result
}
