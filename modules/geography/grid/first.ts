/** The first versions of what was laid without an edition. */
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'

/** The first edition of a city whose areas and cells have just been laid: valid since before our records. */
export async function firstVersions(db: Db): Promise<void> {
  const edition = newId()
  await sql`insert into geography.edition (id, at, kind) values (${edition}, now(), 'first')`.execute(db)
  await sql`insert into geography.area_version (code, level, name, name_en, parent_code, geometry, edition)
    select code, level, name, name_en, parent_code, geometry, ${edition}::uuid from geography.area`.execute(db)
  await sql`insert into geography.cell_version (code, community_code, lon, lat, ring, area_m2, edition)
    select code, community_code, lon, lat, ring, geography.ring_area_m2(ring), ${edition}::uuid from geography.cell`.execute(
    db,
  )
}
