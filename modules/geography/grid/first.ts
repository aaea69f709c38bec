/** The city's own row, and the first versions of what was laid without an edition. */
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import type { CityRow } from '../queries.ts'

/** Puts the city's names, labels and bounds; a loader calls it before the parts, whose editions lock this row. */
export async function putCity(db: Db, city: Omit<CityRow, 'version'>): Promise<void> {
  const { nameZh, nameEn, labelZh, labelEn, bounds } = city
  await sql`insert into geography.city (version, name_zh, name_en, label_zh, label_en, bounds)
    values (${newId()}, ${nameZh}, ${nameEn}, ${labelZh}, ${labelEn}, ${bounds})
    on conflict (one) do update set name_zh = excluded.name_zh, name_en = excluded.name_en, label_zh = excluded.label_zh,
      label_en = excluded.label_en, bounds = excluded.bounds, version = excluded.version
    where (city.name_zh, city.name_en, city.label_zh, city.label_en, city.bounds)
      is distinct from (excluded.name_zh, excluded.name_en, excluded.label_zh, excluded.label_en, excluded.bounds)`.execute(
    db,
  )
}

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
