/** Looking through all data: every check once, its result kept. */
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { ages, checks } from './checks.ts'
import { addRun, endRun, forgetRuns, putResult, type Sample, viewsThere } from './queries.ts'

const mostSamples = 200

/** Runs the checks; `runId` is of a run that somebody asked for. */
export async function checkData(db: Db, now: Date, runId?: string): Promise<string> {
  const id = runId ?? newId(now.getTime())
  if (!runId) await addRun(db, id, now, null)
  const there = await viewsThere(db)
  for (const check of checks) {
    if (!check.needs.every((view) => there.has(view))) continue
    const began = performance.now()
    const { rows } = await sql<{ total: number; bad: number; samples: Sample[] | null }>`
      with seen as materialized (${check.rows}), wrong as (select id, label, area from seen where bad order by id limit ${mostSamples})
      select count(*)::int as total, count(*) filter (where bad)::int as bad, (select json_agg(wrong) from wrong) as samples from seen`.execute(
      db,
    )
    const [found] = rows
    await putResult(db, {
      runId: id,
      checkId: check.id,
      total: found?.total ?? 0,
      bad: found?.bad ?? 0,
      lastChange: null,
      samples: found?.samples ?? [],
      ms: Math.round(performance.now() - began),
    })
  }
  for (const age of ages) {
    if (!age.needs.every((view) => there.has(view))) continue
    const began = performance.now()
    const { rows } = await sql<{ last: Date | null }>`${age.last}`.execute(db)
    await putResult(db, {
      runId: id,
      checkId: `${age.set}.age`,
      total: 1,
      bad: 0,
      lastChange: rows[0]?.last ?? null,
      samples: [],
      ms: Math.round(performance.now() - began),
    })
  }
  await endRun(db, id, new Date())
  await forgetRuns(db)
  return id
}
