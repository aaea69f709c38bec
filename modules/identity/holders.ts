/** Who holds a post over a place, and was at work lately; for those above who choose among them. */
import { type Db, sql } from '@pentad/platform/db'
import type { Role } from './model.ts'

export interface Holder {
  id: string
  /** The units that they work for, whatever the post. */
  units: string[]
  /** When a session of theirs was last used. */
  lastUsed: Date | null
}

/** Those who hold one of the roles over a place on a legal day, in the order of their ids. */
export const holdersOf = async (db: Db, roles: readonly Role[], areaCode: string, day: string): Promise<Holder[]> =>
  (
    await sql<Holder>`
      with held as (select * from identity.membership where valid_from <= ${day}::date and (valid_to is null or valid_to >= ${day}::date))
      select p.id::text as id, array(select distinct h.unit_id from held h where h.person_id = p.id order by 1) as units,
        (select max(s.last_used) from identity.session s where s.person_id = p.id) as "lastUsed"
      from identity.person p where not p.disabled and exists (select from held h where h.person_id = p.id and h.role = any(${roles}::text[])
        and exists (select from unnest(h.area_codes) a where starts_with(${areaCode}, a)))
      order by 1`.execute(db)
  ).rows
