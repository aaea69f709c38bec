import { type Db, sql } from '@pentad/platform/db'
import { defaultFlow, type Flow } from '../model/index.ts'

/** A version of a flow never changes, so what was read stays right; tests have several databases. */
const known = new WeakMap<object, Map<number, Flow>>()

export async function flowBy(db: Db, version: number): Promise<Flow> {
  if (version === 0) return defaultFlow
  const executor = db.getExecutor().adapter
  const held = known.get(executor)?.get(version)
  if (held) return held
  const { rows } = await sql<{
    definition: Omit<Flow, 'version'>
  }>`select definition from cases.flow where version = ${version}`.execute(db)
  if (!rows[0]) throw new Error(`there is no flow ${version}`)
  // What a later program added to flows has its usual value in an older one.
  const flow: Flow = { ...defaultFlow, ...rows[0].definition, version }
  const mine = known.get(executor) ?? new Map<number, Flow>()
  known.set(executor, mine.set(version, flow))
  return flow
}

/** The flows that these cases go by. */
export async function flowsOf(
  db: Db,
  cases: readonly { flowVersion: number }[],
): Promise<(c: { flowVersion: number }) => Flow> {
  const flows = new Map<number, Flow>()
  for (const { flowVersion } of cases)
    if (!flows.has(flowVersion)) flows.set(flowVersion, await flowBy(db, flowVersion))
  return ({ flowVersion }) => flows.get(flowVersion) ?? defaultFlow
}

/** The version that cases are filed under from now on. */
export const flowInForce = async (db: Db): Promise<number> =>
  (await sql<{ version: number }>`select version from cases.flow where in_force`.execute(db)).rows[0]?.version ?? 0

export const hasFlow = async (db: Db, version: number): Promise<boolean> =>
  version === 0 || (await sql`select from cases.flow where version = ${version}`.execute(db)).rows.length > 0
