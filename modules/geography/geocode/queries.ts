import { type Db, sql } from '@pentad/platform/db'
import type { AddressIn, PlaceIn } from './features.ts'

/** Places that stand today. */
export const standingPlaces = async (db: Db): Promise<PlaceIn[]> =>
  (
    await sql<PlaceIn>`select name, name_en as "nameEn", aliases, kind, lon, lat from geography.place
      where (valid_from is null or valid_from <= current_date) and (valid_to is null or valid_to > current_date) order by id`.execute(
      db,
    )
  ).rows

export const standingAddresses = async (db: Db): Promise<AddressIn[]> =>
  (
    await sql<AddressIn>`select road, number, nullif(estate, '') as estate, nullif(building, '') as building, lon, lat
      from geography.address where valid_to is null order by id`.execute(db)
  ).rows

export interface SaidRow {
  lon: number
  lat: number
  times: number
}
/** The place that earlier callers called just so. */
export const saidPlace = async (db: Db, key: string): Promise<SaidRow | undefined> =>
  (await sql<SaidRow>`select lon, lat, times from geography.said_place where key = ${key}`.execute(db)).rows[0]

export async function keepSaid(db: Db, key: string, lon: number, lat: number, now: Date): Promise<void> {
  await sql`insert into geography.said_place (key, lon, lat, last_at) values (${key}, ${lon}, ${lat}, ${now})
    on conflict (key) do update set lon = excluded.lon, lat = excluded.lat, times = geography.said_place.times + 1, last_at = excluded.last_at`.execute(
    db,
  )
}
