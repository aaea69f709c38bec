/**
 * What cases do by themselves when their time has come (催办、超期、挂账到期): each says it once. The time stands in the case's own
 * row, so it outlives a restart and a day of downtime, and costs no command anything.
 */
import { type Db, inTransaction } from '@pentad/platform/db'
import { isRefusal } from '@pentad/platform/refusal'
import type { Tick } from '@pentad/platform/tick'
import { calendarFor, change, entryOf, machine, usedAt } from './entry.ts'
import { nextWake } from './model/index.ts'
import { type CaseChange, type CaseRow, dueToWake, flowBy, writeChanges } from './queries/index.ts'
import { taken } from './take-step.ts'

const most = 200

/** Wakes those whose time has come, in one transaction; how many there were. */
export const wakeCases = (db: Db, now: Date): Promise<number> =>
  inTransaction(db, async (tx) => {
    const cases = await dueToWake(tx, now, most)
    const changes = []
    for (const c of cases) changes.push({ cases: await wakened(tx, c, now) })
    await writeChanges(tx, changes)
    return cases.length
  })

/** All that a case has to say by now: after a day of downtime the urge and the lateness come together, each once. */
async function wakened(db: Db, c: CaseRow, now: Date): Promise<CaseChange[]> {
  let after = c
  const entries = []
  for (let wake = nextWake(after); wake && wake.at <= now; wake = nextWake(after)) {
    if (wake.act === 'resume') {
      const resumed = await resume(db, after, now)
      if (!resumed) break
      after = { ...resumed.after, version: after.version + 1, lastHash: resumed.entries[0]?.hash ?? after.lastHash }
      entries.push(...resumed.entries)
      continue
    }
    const told = { ...after, told: [...after.told, wake.act] }
    const usedSeconds = await usedAt(db, after, now)
    const entry = entryOf(
      after,
      told,
      { act: wake.act, actorId: machine, at: wake.at, unitId: after.leadUnitId, usedSeconds },
      now,
    )
    entries.push(entry)
    after = { ...told, version: entry.seq, lastHash: entry.hash }
  }
  return [change(c, after, ...entries)]
}

async function resume(db: Db, c: CaseRow, now: Date): Promise<CaseChange | undefined> {
  const world = {
    flow: await flowBy(db, c.flowVersion),
    calendar: await calendarFor(db, c.calendarVersion),
    photos: [],
    seenBefore: [],
    unitAxis: {},
  }
  const changes = taken(c, { step: 'resume', at: now, reason: '挂账期满，自动恢复' }, 'machine', now, world)
  return isRefusal(changes) ? undefined : changes[0]
}

export const ticks: readonly Tick[] = [
  { name: 'cases.wake', everyMs: 1000, run: ({ db }) => wakeCases(db, new Date()) },
]
