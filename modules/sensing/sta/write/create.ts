/** Entities made, with all that is written inside them. */
import { locatorOf } from '@pentad/geography'
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { isRefusal } from '@pentad/platform/refusal'
import { holds, permits } from '@pentad/platform/rights'
import { freshOf } from '../../alarms/fresh.ts'
import { putFresh } from '../../alarms/queries/index.ts'
import { heard } from '../../ingest/heard.ts'
import { noteTroubles } from '../../ingest/index.ts'
import { observationQuality } from '../../ingest/quality.ts'
import type { Period } from '../../model.ts'
import { type EntityName, entities } from '../entities.ts'
import { digitsOf } from '../exact.ts'
import { shapeOf } from '../geometry.ts'
import { type Json, StaError } from '../resolve.ts'
import type { Caller } from '../sight.ts'
import { anything, bad, bodyOf, instant, json, jsonOrNull, linked, mostAtOnce, needed, object, span } from './values.ts'

export interface Writing {
  db: Db
  caller: Caller
  now: Date
}

export async function exists(db: Db, name: EntityName, id: number): Promise<number> {
  if (id < 0 || (name !== 'Observation' && id > 2_147_483_647)) return bad(`There is no ${name} ${id}.`)
  // What nothing measures yet stands on no list, and may be linked to all the same.
  const view =
    name === 'Sensor'
      ? sql`(select id from sensing.instrument where deleted is null)`
      : name === 'ObservedProperty'
        ? sql`(select id from sensing.factor where deleted is null)`
        : entities[name].view
  const { rows } = await sql`select from ${view} as t where t.id = ${id}`.execute(db)
  return rows.length > 0 ? id : bad(`There is no ${name} ${id}.`)
}

/** The entity that a property names, made if it is written out. */
export async function entityIn(w: Writing, body: Json, key: string, name: EntityName): Promise<number | undefined> {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  const id = linked(value)
  return id !== undefined ? exists(w.db, name, id) : create(w, name, bodyOf(value))
}
const entityNeeded = async (w: Writing, body: Json, key: string, name: EntityName): Promise<number> =>
  (await entityIn(w, body, key, name)) ?? bad(`${key} is missing.`)

export async function listIn(
  w: Writing,
  body: Json,
  key: string,
  name: EntityName,
  extra: Json = {},
): Promise<number[]> {
  const value = body[key]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return bad(`${key} must be a list.`)
  if (value.length > mostAtOnce) return bad('That is too much at once.')
  const ids: number[] = []
  for (const item of value) {
    const id = linked(item)
    ids.push(id !== undefined ? await exists(w.db, name, id) : await create(w, name, { ...bodyOf(item), ...extra }))
  }
  return ids
}

const refused = (): never => {
  throw new StaError(403, 'Your account may not do this here.')
}
/** Whoever writes what belongs to no place needs the right at all; what belongs to a device, the right there. */
export function mayManage({ caller }: Writing): void {
  if (caller.kind !== 'person' || !holds(caller.actor, 'sensing.manage-devices')) refused()
}
export async function mayManageDevice({ db, caller }: Writing, deviceId: string): Promise<void> {
  if (caller.kind !== 'person') refused()
  else {
    const { rows } = await sql<{
      areaCode: string | null
      unitId: string | null
    }>`select area_code as "areaCode", unit_id as "unitId"
      from sensing.device where id = ${deviceId}`.execute(db)
    const [device] = rows
    const scope = { areaCode: device?.areaCode ?? '', units: device?.unitId ? [device.unitId] : [] }
    if (!permits(caller.actor, 'sensing.manage-devices', scope)) refused()
  }
}

export const deviceOfThing = async (db: Db, thing: number): Promise<string> => {
  const { rows } = await sql<{ id: string }>`select device_id as id from sensing.sta_thing where id = ${thing}`.execute(
    db,
  )
  return rows[0]?.id ?? bad(`There is no Thing ${thing}.`)
}
/** A single row's number, of a statement that makes one. */
export async function made(db: Db, statement: ReturnType<typeof sql<{ id: number }>>): Promise<number> {
  const { rows } = await statement.execute(db)
  const [row] = rows
  if (!row) throw new Error('nothing was made')
  return row.id
}

/** Makes an entity with all that is written inside it; gives its number. */
export async function create(w: Writing, name: EntityName, body: Json): Promise<number> {
  switch (name) {
    case 'Thing':
      return createThing(w, body)
    case 'Location':
      return createLocation(w, body)
    case 'HistoricalLocation':
      return createPast(w, body)
    case 'Datastream':
      return createDatastream(w, body)
    case 'Sensor':
      return createSensor(w, body)
    case 'ObservedProperty':
      return createProperty(w, body)
    case 'Observation':
      return createObservation(w, body)
    case 'FeatureOfInterest':
      return createFeature(w, body)
  }
}

async function createThing(w: Writing, body: Json): Promise<number> {
  mayManage(w)
  const [name, description] = [needed(body, 'name'), needed(body, 'description')]
  const id = newId()
  const handle = await made(
    w.db,
    sql<{
      id: number
    }>`insert into sensing.device (id, kind, protocol, address, name_zh, name_en, description, properties)
      values (${id}, 'sensor', 'sta', ${id}, ${name}, ${name}, ${description}, ${json(object(body, 'properties') ?? {})}::jsonb)
      returning handle as id`,
  )
  const locations = await listIn(w, body, 'Locations', 'Location')
  if (locations.length > 0) await standAt(w, id, locations, w.now)
  await listIn(w, body, 'Datastreams', 'Datastream', { Thing: { '@iot.id': handle } })
  await listIn(w, body, 'HistoricalLocations', 'HistoricalLocation', { Thing: { '@iot.id': handle } })
  await mayManageDevice(w, id)
  return handle
}

async function createLocation(w: Writing, body: Json): Promise<number> {
  mayManage(w)
  const id = await made(
    w.db,
    sql<{ id: number }>`insert into sensing.location (name, description, encoding_type, location, properties)
      values (${needed(body, 'name')}, ${needed(body, 'description')}, ${needed(body, 'encodingType')}, ${json(anything(body, 'location'))}::jsonb,
        ${json(object(body, 'properties') ?? {})}::jsonb) returning id`,
  )
  for (const thing of await listIn(w, body, 'Things', 'Thing')) {
    const device = await deviceOfThing(w.db, thing)
    await mayManageDevice(w, device)
    await standAt(w, device, [id], w.now)
  }
  return id
}

/** From an instant on a thing is at these places; what was stays as its history. */
export async function standAt(
  w: Writing,
  deviceId: string,
  locations: readonly number[],
  at: Date,
  past?: number,
): Promise<void> {
  const { db } = w
  await sql`delete from sensing.thing_location where device_id = ${deviceId}`.execute(db)
  await sql`insert into sensing.thing_location (device_id, location_id) select ${deviceId}::uuid, id from unnest(${locations}::int[]) as u (id)
    on conflict do nothing`.execute(db)
  const history =
    past ??
    (await made(
      db,
      sql<{ id: number }>`insert into sensing.past_location (device_id, at) values (${deviceId}, ${at}) returning id`,
    ))
  await sql`insert into sensing.past_location_at (past_id, location_id) select ${history}::int, id from unnest(${locations}::int[]) as u (id)
    on conflict do nothing`.execute(db)
  const { rows } = await sql<{
    location: unknown
  }>`select location from sensing.sta_location where id = any(${locations}::int[])
    order by id desc`.execute(db)
  const [point] = rows.flatMap((r) => shapeOf(r.location).points)
  if (!point) return
  const [lon, lat] = point
  const place = (await locatorOf(db)).placeOf({ lon, lat })
  await sql`update sensing.device set lon = ${lon}, lat = ${lat}, area_code = coalesce(${isRefusal(place) ? null : place.cell}, area_code),
    delivered = ${json({ crs: 'wgs84', x: lon, y: lat })}::jsonb, xid = pg_current_xact_id() where id = ${deviceId}`.execute(
    db,
  )
}

async function createPast(w: Writing, body: Json): Promise<number> {
  const at = instant(body.time, 'time')
  const device = await deviceOfThing(w.db, await entityNeeded(w, body, 'Thing', 'Thing'))
  await mayManageDevice(w, device)
  const locations = await listIn(w, body, 'Locations', 'Location')
  const id = await made(
    w.db,
    sql<{ id: number }>`insert into sensing.past_location (device_id, at) values (${device}, ${at}) returning id`,
  )
  const { rows } =
    await sql`select from sensing.past_location where device_id = ${device} and at > ${at} and id <> ${id}`.execute(
      w.db,
    )
  // The newest says where it is.
  if (rows.length === 0 && locations.length > 0) await standAt(w, device, locations, at, id)
  else
    await sql`insert into sensing.past_location_at (past_id, location_id) select ${id}::int, l from unnest(${locations}::int[]) as u (l)
      on conflict do nothing`.execute(w.db)
  return id
}

async function createSensor(w: Writing, body: Json): Promise<number> {
  mayManage(w)
  const id = await made(
    w.db,
    sql<{ id: number }>`insert into sensing.instrument (name, description, encoding_type, metadata, properties)
      values (${needed(body, 'name')}, ${needed(body, 'description')}, ${needed(body, 'encodingType')}, ${json(anything(body, 'metadata'))}::jsonb,
        ${json(object(body, 'properties') ?? {})}::jsonb) returning id`,
  )
  await listIn(w, body, 'Datastreams', 'Datastream', { Sensor: { '@iot.id': id } })
  return id
}

async function createProperty(w: Writing, body: Json): Promise<number> {
  mayManage(w)
  const name = needed(body, 'name')
  const id = await made(
    w.db,
    sql<{ id: number }>`insert into sensing.factor (code, name_zh, name_en, definition, description, properties)
      values (${`sta:${newId()}`}, ${name}, ${name}, ${needed(body, 'definition')}, ${needed(body, 'description')},
        ${json(object(body, 'properties') ?? {})}::jsonb) returning id`,
  )
  await listIn(w, body, 'Datastreams', 'Datastream', { ObservedProperty: { '@iot.id': id } })
  return id
}

async function createFeature(w: Writing, body: Json): Promise<number> {
  mayManage(w)
  const id = await made(
    w.db,
    sql<{ id: number }>`insert into sensing.feature (name, description, encoding_type, feature, properties)
      values (${needed(body, 'name')}, ${needed(body, 'description')}, ${needed(body, 'encodingType')}, ${json(anything(body, 'feature'))}::jsonb,
        ${json(object(body, 'properties') ?? {})}::jsonb) returning id`,
  )
  await listIn(w, body, 'Observations', 'Observation', { FeatureOfInterest: { '@iot.id': id } })
  return id
}

async function createDatastream(w: Writing, body: Json): Promise<number> {
  mayManage(w)
  const [name, description, type] = [needed(body, 'name'), needed(body, 'description'), needed(body, 'observationType')]
  const unit = object(body, 'unitOfMeasurement', true)
  const device = await deviceOfThing(w.db, await entityNeeded(w, body, 'Thing', 'Thing'))
  await mayManageDevice(w, device)
  const sensor = await entityNeeded(w, body, 'Sensor', 'Sensor')
  const property = await entityNeeded(w, body, 'ObservedProperty', 'ObservedProperty')
  // A second row of the same factor gets a word of its own.
  const id = await made(
    w.db,
    sql<{ id: number }>`with word as (
        select f.code || case when exists (select from sensing.datastream s where s.device_id = ${device} and s.factor = f.code and s.period = 'rtd')
          then '#' || ${newId()} else '' end as word from sensing.factor f where f.id = ${property})
      insert into sensing.datastream (device_id, factor, period, factor_id, instrument_id, name, description, observation_type, unit, observed_area, properties)
      select ${device}::uuid, word, 'rtd', ${property}::int, ${sensor}::int, ${name}::text, ${description}::text, ${type}::text, ${json(unit)}::jsonb,
        ${jsonOrNull(object(body, 'observedArea'))}::jsonb, ${json(object(body, 'properties') ?? {})}::jsonb from word returning id`,
  )
  await listIn(w, body, 'Observations', 'Observation', { Datastream: { '@iot.id': id } })
  return id
}

interface StreamRow {
  id: number
  deviceId: string
  factor: string
  period: Period
}
export async function streamOf(db: Db, id: number): Promise<StreamRow> {
  const { rows } =
    await sql<StreamRow>`select id, device_id as "deviceId", factor, period from sensing.sta_datastream where id = ${id}`.execute(
      db,
    )
  return rows[0] ?? bad(`There is no Datastream ${id}.`)
}

/** What an observation is about when it does not say: where its thing is. A device has a feature of its own. */
async function featureFor(db: Db, deviceId: string): Promise<number | null> {
  const own = await sql<{ id: number }>`select id from sensing.sta_feature where device_id = ${deviceId}`.execute(db)
  if (own.rows.length > 0) return null
  const { rows } = await sql<{
    id: number
  }>`insert into sensing.feature (location_id, name, description, encoding_type, feature, properties)
    select l.id, l.name, l.description, l.encoding_type, l.location, l.properties
    from sensing.thing_location tl join sensing.sta_location l on l.id = tl.location_id where tl.device_id = ${deviceId} order by l.id limit 1
    on conflict (location_id) do update set name = feature.name returning id`.execute(db)
  return rows[0]?.id ?? bad('FeatureOfInterest is missing, and the Thing has no Location to take it from.')
}

/** A number is a value like any other; what is none, or has more digits than a value holds, stands beside it as it was said. */
export function resultOf(said: unknown): { value: number | null; result: string | null } {
  const digits = digitsOf(said)
  if (digits !== undefined) return { value: Number(digits), result: digits }
  return typeof said === 'number' && Number.isFinite(said)
    ? { value: said, result: null }
    : { value: null, result: json(said ?? null) }
}

export async function createObservation(w: Writing, body: Json): Promise<number> {
  const { db, caller, now } = w
  if (!Object.hasOwn(body, 'result')) bad('result is missing.')
  const stream = await streamOf(db, await entityNeeded(w, body, 'Datastream', 'Datastream'))
  if (caller.kind === 'device') {
    if (caller.deviceId !== stream.deviceId) refused()
  } else await mayManageDevice(w, stream.deviceId)
  const phenomenon =
    body.phenomenonTime === undefined || body.phenomenonTime === null
      ? { from: now, to: null }
      : span(body.phenomenonTime, 'phenomenonTime')
  const valid = body.validTime === undefined || body.validTime === null ? undefined : span(body.validTime, 'validTime')
  const resultTime =
    body.resultTime === undefined || body.resultTime === null ? null : instant(body.resultTime, 'resultTime')
  const parameters = object(body, 'parameters')
  const feature =
    (await entityIn(w, body, 'FeatureOfInterest', 'FeatureOfInterest')) ?? (await featureFor(db, stream.deviceId))
  const { value, result } = resultOf(body.result)
  const row = {
    deviceId: stream.deviceId,
    factor: stream.factor,
    period: stream.period,
    observedAt: phenomenon.from,
    value,
    max: null,
    min: null,
    flag: null,
  }
  const quality = value === null ? [] : observationQuality(row, now)
  // Its device's row is locked from here on: two values of one instant come one after the other.
  await heard(db, [stream.deviceId], now)
  const id = await made(
    db,
    sql<{
      id: number
    }>`insert into sensing.observation (device_id, factor, period, observed_at, seq, value, quality, received_at, period_end,
        result, result_time, valid_from, valid_until, result_quality, parameters, feature_id)
      select ${row.deviceId}::uuid, ${row.factor}::text, ${row.period}::text, ${row.observedAt}::timestamptz,
        coalesce((select max(o.seq) + 1 from sensing.observation o where o.device_id = ${row.deviceId} and o.factor = ${row.factor}
          and o.period = ${row.period} and o.observed_at = ${row.observedAt}), 0),
        ${value}::float8, ${quality}::text[], ${now}::timestamptz, ${phenomenon.to}::timestamptz,
        ${result}::jsonb, ${resultTime}::timestamptz, ${valid?.from ?? null}::timestamptz, ${valid?.to ?? null}::timestamptz,
        ${jsonOrNull(body.resultQuality)}::jsonb, ${jsonOrNull(parameters)}::jsonb, ${feature}::int
      returning id`,
  )
  const stored = [{ ...row, quality }]
  await noteTroubles(db, stored, now)
  const { spans, factors } = freshOf(stored, now)
  if (spans.length > 0) await putFresh(db, spans, factors)
  return id
}
