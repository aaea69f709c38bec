import { type Db, sql } from '@pentad/platform/db'
import type { Kind } from '@pentad/rulebook/model'
import type { z } from 'zod'
import type { Trial } from './contract.ts'
import type { DispatchRule } from './model.ts'

export interface EditionRow {
  version: number
  state: 'draft' | 'in_force' | 'old'
  rules: DispatchRule[]
  note: string
  createdAt: Date
  inForceSince: Date | null
  endedAt: Date | null
  trial: z.output<typeof Trial> | null
}
const edition = sql`select version, state, rules, note, created_at as "createdAt", in_force_since as "inForceSince", ended_at as "endedAt", trial
  from cases.dispatch_rules`

export const editionIn = async (db: Db, state: 'draft' | 'in_force', lock = false): Promise<EditionRow | undefined> =>
  (await sql<EditionRow>`${edition} where state = ${state} ${lock ? sql`for update` : sql``}`.execute(db)).rows[0]

export const oldEditions = async (db: Db): Promise<EditionRow[]> =>
  (await sql<EditionRow>`${edition} where state = 'old' order by version desc limit 50`.execute(db)).rows

/** Writes the draft, or begins one; its trial is gone with what it was about. */
export async function putDraft(
  db: Db,
  rules: readonly DispatchRule[],
  note: string,
  by: string,
  at: Date,
): Promise<number> {
  // One draft at a time, whoever writes it: the lock also covers that there is none yet.
  await sql`lock table cases.dispatch_rules in share row exclusive mode`.execute(db)
  const { rows } = await sql<{ version: number }>`with changed as (
      update cases.dispatch_rules set rules = ${JSON.stringify(rules)}::jsonb, note = ${note}, created_by = ${by}, created_at = ${at}, trial = null
      where state = 'draft' returning version),
    begun as (
      insert into cases.dispatch_rules (version, state, rules, note, created_by, created_at)
      select coalesce((select max(version) from cases.dispatch_rules), 0) + 1, 'draft', ${JSON.stringify(rules)}::jsonb, ${note}, ${by}, ${at}
      where not exists (select from changed) returning version)
    select version from changed union all select version from begun`.execute(db)
  const [row] = rows
  if (!row) throw new Error('the draft of the dispatch rules was not written')
  return row.version
}

export const keepTrial = (db: Db, version: number, trial: z.input<typeof Trial>) =>
  sql`update cases.dispatch_rules set trial = ${JSON.stringify(trial)}::jsonb where version = ${version}`.execute(db)

export async function putInForce(db: Db, version: number, by: string, at: Date): Promise<void> {
  await sql`update cases.dispatch_rules set state = 'old', ended_at = ${at} where state = 'in_force'`.execute(db)
  await sql`update cases.dispatch_rules set state = 'in_force', in_force_since = ${at}, in_force_by = ${by} where version = ${version}`.execute(
    db,
  )
}

/** An edition that is in force at once, without a draft: a pack's. A draft of the desk stays as it is. */
export async function layEdition(db: Db, rules: readonly DispatchRule[], by: string, at: Date): Promise<void> {
  await sql`lock table cases.dispatch_rules in share row exclusive mode`.execute(db)
  await sql`update cases.dispatch_rules set state = 'old', ended_at = ${at} where state = 'in_force'`.execute(db)
  await sql`insert into cases.dispatch_rules (version, state, rules, note, created_by, created_at, in_force_since, in_force_by)
    select coalesce(max(version), 0) + 1, 'in_force', ${JSON.stringify(rules)}::jsonb, '', ${by}, ${at}, ${at}, ${by}
    from cases.dispatch_rules`.execute(db)
}

/** All codes and names behind a component, as rules may name them. */
export const keepersOf = async (db: Db, componentId: string): Promise<string[]> =>
  (
    await sql<{
      keepers: string[]
    }>`select array_remove(array[competent_code, competent_name, owner_code, owner_name, maintainer_code,
      maintainer_name], null) as keepers from geography.api_component where id = ${componentId}`.execute(db)
  ).rows[0]?.keepers ?? []

export interface PastCase {
  id: string
  no: string
  kind: Kind
  classCode: string
  classZh: string
  classEn: string
  areaCode: string
  unitId: string
  keepers: string[]
  createdBy: string
}
/** What was closed since: the unit that had it in the end is the one that did it. */
export const closedSince = async (db: Db, since: Date, most: number): Promise<PastCase[]> =>
  (
    await sql<PastCase>`select c.id, c.no, c.kind, c.class_code as "classCode", k.name_zh as "classZh", k.name_en as "classEn",
        c.area_code as "areaCode", c.lead_unit_id as "unitId", c.created_by as "createdBy",
        case when o.id is null then '{}' else array_remove(array[o.competent_code, o.competent_name, o.owner_code, o.owner_name,
          o.maintainer_code, o.maintainer_name], null) end as keepers
      from cases.case_file c
      join rulebook.api_any_class k on k.scheme = c.scheme and k.version = c.scheme_version and k.kind = c.kind and k.code = c.class_code
      left join geography.api_component o on o.id = c.component_id
      where c.status = 'closed' and c.closed_at >= ${since} and c.lead_unit_id is not null and c.area_code is not null
      order by c.closed_at desc limit ${most}`.execute(db)
  ).rows
