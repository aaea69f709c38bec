/**
 * Where things were by their tracks: ten minutes that a device sent positions in are a HistoricalLocation of its Thing, the way in
 * them is the Location. They stand under their Thing and under their own numbers, not on the lists of all: those would be without
 * end.
 */
import { type Db, type RawSql, sql } from '@pentad/platform/db'
import { placesBetween } from '../tracks/index.ts'
import { type Entity, entities } from './entities.ts'
import type { Json } from './resolve.ts'

/** Numbers that were given one by one are smaller. */
const firstId = 2 ** 31
const slotsEach = 2 ** 21
const slotMs = 600_000
const beginningMs = Date.UTC(2020, 0, 1)
const largestHandle = 2_147_483_647

export interface Slot {
  handle: number
  at: Date
}
export const slotId = ({ handle, at }: Slot): number =>
  firstId + handle * slotsEach + Math.floor((at.getTime() - beginningMs) / slotMs)
/** The ten minutes that a number stands for; undefined when it stands for none. */
export function slotOfId(id: number): Slot | undefined {
  if (!Number.isSafeInteger(id) || id < firstId) return undefined
  const handle = Math.floor((id - firstId) / slotsEach)
  return handle > largestHandle
    ? undefined
    : { handle, at: new Date(beginningMs + ((id - firstId) % slotsEach) * slotMs) }
}

/** Said so that the key of the tracks finds them. */
function pin(alias: string, ids: readonly number[]): RawSql {
  const slots = ids.flatMap((id) => slotOfId(id) ?? [])
  return sql`(${sql.ref(`${alias}.thing_id`)}, ${sql.ref(`${alias}.time`)}) in
    (select u.h, u.t from unnest(${slots.map((s) => s.handle)}::int[], ${slots.map((s) => s.at)}::timestamptz[]) as u (h, t))`
}
const sameSlot = (from: string, to: string): RawSql =>
  sql`${sql.ref(`${to}.thing_id`)} = ${sql.ref(`${from}.thing_id`)} and ${sql.ref(`${to}.time`)} = ${sql.ref(`${from}.time`)}`

const written = entities.HistoricalLocation
/** All of a thing's past, written or driven. */
const pastOfThing: Entity = {
  ...written,
  view: sql`(select id::bigint as id, device_id, thing_id, time from sensing.sta_past_location
    union all select id, device_id, thing_id, time from sensing.sta_past_track)`,
}
const trackPast: Entity = {
  ...written,
  view: sql`sensing.sta_past_track`,
  navs: { ...written.navs, Locations: { to: 'Location', many: true, join: sameSlot } },
  pin,
}
const trackPlace: Entity = {
  ...entities.Location,
  view: sql`sensing.sta_track_place`,
  navs: {
    // Where a thing was, nothing is by that.
    Things: { to: 'Thing', many: true, join: () => sql`false` },
    HistoricalLocations: { to: 'HistoricalLocation', many: true, join: sameSlot },
  },
  device: (a) => sql.ref(`${a}.device_id`),
  pin,
}

/** What a way from an entity leads to. */
export function reachedFrom(from: Entity, name: string): Entity | undefined {
  if (from.name === 'Thing' && name === 'HistoricalLocations') return pastOfThing
  if (from === trackPast && name === 'Locations') return trackPlace
  if (from === trackPlace && name === 'HistoricalLocations') return trackPast
  const nav = from.navs[name]
  return nav && entities[nav.to]
}

/** One of them by its number: what was written, or ten minutes of a track. */
export function byNumber(entity: Entity, id: number): Entity {
  const track = slotOfId(id) !== undefined
  if (entity.name === 'HistoricalLocation') return track ? trackPast : written
  if (entity.name === 'Location') return track ? trackPlace : entities.Location
  return entity
}

/** Rows of a kind by where they are kept. */
export const kept = (entity: Entity, ids: readonly number[]): Map<Entity, number[]> =>
  Map.groupBy(ids, (id) => byNumber(entity, id))

export const isTracked = (entity: Entity): boolean => entity.pin !== undefined

/** The way of each ten minutes, drawn. */
export async function drawTracks(db: Db, entity: Entity, rows: readonly (Json & { id: number })[]): Promise<void> {
  if (entity !== trackPlace) return
  for (const row of rows) {
    const slot = Object.hasOwn(row, 'location') ? slotOfId(row.id) : undefined
    if (!slot) continue
    const fromMs = slot.at.getTime()
    const places = await placesBetween(db, slot.handle, new Date(fromMs - 1), new Date(fromMs + slotMs - 1))
    const coordinates = places.map(({ lon, lat }) => [lon, lat])
    row.location =
      coordinates.length === 1 ? { type: 'Point', coordinates: coordinates[0] } : { type: 'LineString', coordinates }
  }
}
