/** Whose rules are whose: a rule of a place belongs to whoever answers for that place, a rule of the whole city to whoever answers for all districts. */
import { type Db, sql } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'

const districts = async (db: Db): Promise<string[]> =>
  (
    await sql<{
      code: string
    }>`select code from geography.api_area where level = 'district' and valid_to is null`.execute(db)
  ).rows.map((r) => r.code)

/** Tells of an area ('' is the city) whether the actor's posts with this permission cover it, whole. */
export async function reachOf(db: Db, actor: Actor, permission: string): Promise<(area: string) => boolean> {
  const held = actor.grants.filter((g) => g.may.includes(permission)).flatMap((g) => g.areas)
  const all = await districts(db)
  const covers = (area: string): boolean => held.some((prefix) => area.startsWith(prefix))
  return (area) => {
    if (covers(area)) return true
    const below = all.filter((d) => d.startsWith(area) && d !== area)
    return below.length > 0 && below.every(covers)
  }
}
