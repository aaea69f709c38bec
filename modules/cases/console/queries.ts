import { permissionsOf, roles } from '@pentad/identity/model'
import { type Db, sql } from '@pentad/platform/db'
import { legalDayOf } from '@pentad/platform/time'
import type { StepName } from '../model/index.ts'
import { type CaseRow, openOnly } from '../queries/index.ts'
import type { peopleFor } from './contract.ts'

export type PersonFor = (typeof peopleFor)[number]

export interface PersonRow {
  id: string
  nameZh: string
  nameEn: string
  unitId: string
  unitZh: string
  unitEn: string
  role: string
  load: number
}

/** The work that a person is named for, and the step that they will take then. */
const workOf = {
  assign: { may: 'cases.handle', step: 'report_done', held: sql`c.assignee_id` },
  verify: { may: 'cases.check', step: 'verify_true', held: sql`c.checker_id` },
  check: { may: 'cases.check', step: 'pass_check', held: sql`c.checker_id` },
} as const satisfies Record<PersonFor, { may: string; step: StepName; held: unknown }>

export const stepFor = (what: PersonFor): StepName => workOf[what].step

/**
 * Who could do it: for work, the people of the lead unit and of those above it; for verifying and checking, those whose area
 * it is, but never whoever worked it nor the unit that did (domain §3.7). `only` asks about one person.
 */
export async function peopleOf(
  db: Db,
  c: Pick<CaseRow, 'areaCode' | 'leadUnitId' | 'workedBy'>,
  what: PersonFor,
  named: readonly string[] | undefined,
  now: Date,
  only?: string,
): Promise<PersonRow[]> {
  const { may, held } = workOf[what]
  const posts = named ?? roles.filter((r) => permissionsOf[r].includes(may))
  const above = sql`(with recursive up as (select id, parent_id from identity.api_unit where id = ${c.leadUnitId}
      union all select u.id, u.parent_id from identity.api_unit u join up on u.id = up.parent_id) select id from up)`
  const whose =
    what === 'assign'
      ? sql`m.unit_id in ${above}`
      : sql`exists (select from unnest(m.area_codes) a where starts_with(${c.areaCode ?? ''}, a))`
  const notTheirOwn =
    what === 'check'
      ? sql`and p.id::text is distinct from ${c.workedBy} and not exists (select from identity.api_membership w
          where w.person_id = p.id and w.unit_id = ${c.leadUnitId} and w.valid_from <= ${legalDayOf(now)}::date and coalesce(w.valid_to, 'infinity') >= ${legalDayOf(now)}::date)`
      : sql``
  const { rows } = await sql<PersonRow>`
    select * from (
      select distinct on (p.id) p.id, p.name_zh as "nameZh", p.name_en as "nameEn", m.unit_id as "unitId", u.name_zh as "unitZh", u.name_en as "unitEn", m.role,
        (select count(*)::int from cases.case_file c where ${openOnly} and ${held} = p.id::text) as load
      from identity.api_membership m
      join identity.api_person_words p on p.id = m.person_id and not p.disabled
      join identity.api_unit u on u.id = m.unit_id
      where m.role = any(${[...posts]}::text[]) and m.valid_from <= ${legalDayOf(now)}::date and coalesce(m.valid_to, 'infinity') >= ${legalDayOf(now)}::date
        and ${whose} ${notTheirOwn} ${only === undefined ? sql`` : sql`and p.id::text = ${only}`}
      order by p.id, m.valid_from) x
    order by load, "nameZh" limit 100`.execute(db)
  return rows
}
