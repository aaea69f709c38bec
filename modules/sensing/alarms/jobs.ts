import type { Db } from '@pentad/platform/db'
import { job } from '@pentad/platform/jobs'
import type { Tick } from '@pentad/platform/tick'
import { freezeCurve } from './evidence.ts'
import { judgeMoves } from './judge/fences.ts'
import { judgeFresh } from './judge/fresh.ts'
import { judgeClock } from './judge/timed.ts'
import { runTrial } from './trial.ts'

export const alarmJobs = [
  job<{ trialId: string }>({
    name: 'sensing.try-rule',
    run: ({ trialId }, { db }) => runTrial(db, trialId),
  }),
  job<{ alarmId: string }>({
    name: 'sensing.freeze-curve',
    run: ({ alarmId }, { db }) => freezeCurve(db, alarmId, 'cleared', new Date()),
  }),
]

/** A loud minute is judged within seconds; batches that come meanwhile are judged together. */
const everyMs = 2000
/** So many batches at once are a backlog: the judge goes on without a rest. */
const backlog = 2000

/** What always finds something must not look again at once. */
const resting =
  (work: (db: Db, now: Date) => Promise<number>): Tick['run'] =>
  async ({ db }) => {
    await work(db, new Date())
    return 0
  }

export const alarmTicks: readonly Tick[] = [
  {
    name: 'sensing.judge',
    everyMs,
    run: async ({ db }) => ((await judgeFresh(db, new Date())) >= backlog ? 1 : 0),
  },
  { name: 'sensing.judge-moves', everyMs, run: resting(judgeMoves) },
  { name: 'sensing.judge-clock', everyMs: 10_000, run: resting(judgeClock) },
]
