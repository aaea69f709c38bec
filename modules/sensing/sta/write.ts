/** Entities made, changed and ended through SensorThings: the same devices, the same observations. */
import { locatorOf } from '@pentad/geography'
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { isRefusal } from '@pentad/platform/refusal'
import { holds, permits } from '@pentad/platform/rights'
import { heard } from '../ingest/heard.ts'
import { noteTroubles } from '../ingest/index.ts'
import { judgeNoise } from '../ingest/judge-noise.ts'
import { observationQuality } from '../ingest/quality.ts'
import type { Period } from '../model.ts'
import { type Entity, type EntityName, entities } from './entities.ts'
import { shapeOf } from './geometry.ts'
import { type Json, StaError } from './read.ts'
import type { Caller } from './sight.ts'

export interface Writing {
  db: Db
  caller: Caller
  now: Date
}

/** Nested creations in one call. */
const mostAtOnce = 10_000

const bad = (message: string): never => {
  throw new StaError(400, message)
}
const isObject = (x: unknown): x is Json => typeof x === 'object' && x !== null && !Array.isArray(x)

export const bodyOf = (body: unknown): Json => (isObject(body) ? body : bad('A JSON object is wanted.'))

function text(body: Json, name: string, needed = true): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return needed ? bad(`${name} is missing.`) : undefined
  if (typeof value !== 'string') return bad(`${name} must be text.`)
  // PostgreSQL keeps no NUL.
  return value.includes('\0') ? bad(`${name} has a sign that cannot be kept.`) : value
}
const needed = (body: Json, name: string): string => text(body, name) ?? ''
function object(body: Json, name: string, must = false): Json | undefined {
  const value = body[name]
  if (value === undefined || value === null) return must ? bad(`${name} is missing.`) : undefined
  return isObject(value) ? value : bad(`${name} must be an object.`)
}
function anything(body: Json, name: string): unknown {
  return body[name] === undefined || body[name] === null ? bad(`${name} is missing.`) : body[name]
}
const json = (value: unknown): string => JSON.stringify(value)
const jsonOrNull = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value)

function instant(value: unknown, name: string): Date {
  const zoned = typeof value === 'string' ? value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2') : ''
  const at = /^\d{4}-\d{2}-\d{2}/.test(zoned) ? new Date(zoned) : new Date(Number.NaN)
  return Number.isNaN(at.getTime()) ? bad(`${name} is no time of ISO 8601.`) : at
}
function span(value: unknown, name: string): { from: Date; to: Date | null } {
  const [a, b, ...more] = typeof value === 'string' ? value.split('/') : []
  if (a === undefined || more.length > 0) return bad(`${name} is no time of ISO 8601.`)
  const from = instant(a, name)
  const to = b === undefined ? null : instant(b, name)
  return to && to < from ? bad(`${name} ends before it begins.`) : { from, to }
}

/** `{"@iot.id": 7}`: the number of what is there already. */
function linked(x: unknown): number | undefined {
  if (!isObject(x) || x['@iot.id'] === undefined) return undefined
  const id = x['@iot.id']
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : bad('There is no such entity.')
}

async function exists(db: Db, name: EntityName, id: number): Promise<number> {
  if (id < 0 || (name !== 'Observation' && id > 2_147_483_647)) return bad(`There is no ${name} ${id}.`)
  const { rows } = await sql`select from ${entities[name].view} as t where t.id = ${id}`.execute(db)
  return rows.length > 0 ? id : bad(`There is no ${name} ${id}.`)
}

/** The entity that a property names, made if it is written out. */
async function entityIn(w: Writing, body: Json, key: string, name: EntityName): Promise<number | undefined> {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  const id = linked(value)
  return id !== undefined ? exists(w.db, name, id) : create(w, name, bodyOf(value))
}
const entityNeeded = async (w: Writing, body: Json, key: string, name: EntityName): Promise<number> =>
  (await entityIn(w, body, key, name)) ?? bad(`${key} is missing.`)

async function listIn(w: Writing, body: Json, key: string, name: EntityName, extra: Json = {}): Promise<number[]> {
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
function mayManage({ caller }: Writing): void {
  if (caller.kind !== 'person' || !holds(caller.actor, 'sensing.manage-devices')) refused()
}
async function mayManageDevice({ db, caller }: Writing, deviceId: string): Promise<void> {
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

const deviceOfThing = async (db: Db, thing: number): Promise<string> => {
  const { rows } = await sql<{ id: string }>`select device_id as id from sensing.sta_thing where id = ${thing}`.execute(
    db,
  )
  return rows[0]?.id ?? bad(`There is no Thing ${thing}.`)
}
/** A single row's number, of a statement that makes one. */
async function made(db: Db, statement: ReturnType<typeof sql<{ id: number }>>): Promise<number> {
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
async function standAt(
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
async function streamOf(db: Db, id: number): Promise<StreamRow> {
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

async function createObservation(w: Writing, body: Json): Promise<number> {
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
  const { result } = body
  const resultTime =
    body.resultTime === undefined || body.resultTime === null ? null : instant(body.resultTime, 'resultTime')
  const parameters = object(body, 'parameters')
  const feature =
    (await entityIn(w, body, 'FeatureOfInterest', 'FeatureOfInterest')) ?? (await featureFor(db, stream.deviceId))
  const value = typeof result === 'number' && Number.isFinite(result) ? result : null
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
        ${value === null ? json(result ?? null) : null}::jsonb, ${resultTime}::timestamptz, ${valid?.from ?? null}::timestamptz, ${valid?.to ?? null}::timestamptz,
        ${jsonOrNull(body.resultQuality)}::jsonb, ${jsonOrNull(parameters)}::jsonb, ${feature}::int
      returning id`,
  )
  const stored = [{ ...row, quality }]
  await noteTroubles(db, stored, now)
  await judgeNoise(db, stored, now)
  return id
}

/** Columns that a change may set, by property; each gives its value for SQL. */
type Setter = (body: Json, name: string, must: boolean) => ReturnType<typeof sql> | undefined
const setText =
  (...columns: string[]): Setter =>
  (body, name, must) => {
    const value = text(body, name, must)
    if (value === undefined) return Object.hasOwn(body, name) ? bad(`${name} must be text.`) : undefined
    return sql.join(columns.map((c) => sql`${sql.ref(c)} = ${value}`))
  }
const setJson =
  (column: string, empty: unknown): Setter =>
  (body, name, must) => {
    if (!Object.hasOwn(body, name) && !must) return undefined
    const value = body[name] ?? empty
    return sql`${sql.ref(column)} = ${value === null ? null : json(value)}::jsonb`
  }
const setAnything =
  (column: string): Setter =>
  (body, name, must) => {
    if (!Object.hasOwn(body, name) && !must) return undefined
    return sql`${sql.ref(column)} = ${json(anything(body, name))}::jsonb`
  }

const described = { name: setText('name'), description: setText('description') }
const encoded = { ...described, encodingType: setText('encoding_type'), properties: setJson('properties', {}) }
const setters: Readonly<
  Record<
    Exclude<EntityName, 'Observation' | 'HistoricalLocation'>,
    { table: string; of: Record<string, Setter>; optional: readonly string[] }
  >
> = {
  Thing: {
    table: 'sensing.device',
    of: { name: setText('name_zh'), description: setText('description'), properties: setJson('properties', {}) },
    optional: ['properties'],
  },
  Location: {
    table: 'sensing.location',
    of: { ...encoded, location: setAnything('location') },
    optional: ['properties'],
  },
  Sensor: {
    table: 'sensing.instrument',
    of: { ...encoded, metadata: setAnything('metadata') },
    optional: ['properties'],
  },
  ObservedProperty: {
    table: 'sensing.factor',
    of: {
      name: setText('name_zh'),
      description: setText('description'),
      definition: setText('definition'),
      properties: setJson('properties', {}),
    },
    optional: ['properties'],
  },
  FeatureOfInterest: {
    table: 'sensing.feature',
    of: { ...encoded, feature: setAnything('feature') },
    optional: ['properties'],
  },
  Datastream: {
    table: 'sensing.datastream',
    of: {
      ...described,
      observationType: setText('observation_type'),
      unitOfMeasurement: setAnything('unit'),
      observedArea: setJson('observed_area', null),
      properties: setJson('properties', {}),
    },
    optional: ['properties', 'observedArea'],
  },
}

/** Changes what is said (PATCH), or says all of it anew (PUT). */
export async function change(w: Writing, entity: Entity, id: number, body: Json, whole: boolean): Promise<void> {
  for (const name of Object.keys(entity.navs)) {
    const given = body[name]
    const list = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given]
    // Only what is there already can be linked to.
    if (list.some((x) => linked(x) === undefined)) bad(`${name} cannot be made by a change: link to it with @iot.id.`)
  }
  if (entity.name === 'Observation') return changeObservation(w, id, body, whole)
  if (entity.name === 'HistoricalLocation') return changePast(w, id, body, whole)
  const device = entity.device ? await deviceOf(w.db, entity, id) : undefined
  if (device) await mayManageDevice(w, device)
  else mayManage(w)
  const { table, of, optional } = setters[entity.name]
  const sets = Object.entries(of).flatMap(([name, set]) => {
    const one =
      set(body, name, whole && !optional.includes(name)) ??
      (whole && optional.includes(name) ? set({ [name]: null }, name, true) : undefined)
    return one ? [one] : []
  })
  const key = entity.name === 'Thing' ? sql`handle = ${id}` : sql`id = ${id}`
  if (entity.name === 'Datastream') {
    const sensor = await entityIn(w, body, 'Sensor', 'Sensor')
    const property = await entityIn(w, body, 'ObservedProperty', 'ObservedProperty')
    if (sensor !== undefined) sets.push(sql`instrument_id = ${sensor}`)
    if (property !== undefined) sets.push(sql`factor_id = ${property}`)
    const thing = await entityIn(w, body, 'Thing', 'Thing')
    if (thing !== undefined && (await deviceOfThing(w.db, thing)) !== device) bad('A Datastream stays with its Thing.')
  }
  if (entity.name === 'Thing') sets.push(sql`xid = pg_current_xact_id()`)
  if (sets.length > 0) await sql`update ${sql.raw(table)} set ${sql.join(sets)} where ${key}`.execute(w.db)
  // A device's own place lies where the device stands.
  if (entity.name === 'Location' && Object.hasOwn(body, 'location')) await moveTo(w, id)
  if (entity.name === 'Thing' && device && Array.isArray(body.Locations) && body.Locations.length > 0)
    await standAt(w, device, await listIn(w, body, 'Locations', 'Location'), w.now)
  if (entity.name === 'Location' && Array.isArray(body.Things))
    for (const thing of await listIn(w, body, 'Things', 'Thing'))
      await standAt(w, await deviceOfThing(w.db, thing), [id], w.now)
}

/** A place whose shape was changed: the device whose own it is, and the things that stand there, are there now. */
async function moveTo(w: Writing, id: number): Promise<void> {
  const { rows } = await sql<{ deviceId: string; location: unknown }>`select tl.device_id as "deviceId", l.location
    from sensing.location l join sensing.thing_location tl on tl.location_id = l.id where l.id = ${id}`.execute(w.db)
  for (const { deviceId, location } of rows) {
    const [point] = shapeOf(location).points
    if (!point) continue
    await mayManageDevice(w, deviceId)
    const [lon, lat] = point
    const place = (await locatorOf(w.db)).placeOf({ lon, lat })
    await sql`update sensing.device set lon = ${lon}, lat = ${lat}, area_code = coalesce(${isRefusal(place) ? null : place.cell}, area_code),
      xid = pg_current_xact_id() where id = ${deviceId}`.execute(w.db)
  }
}

async function deviceOf(db: Db, entity: Entity, id: number): Promise<string> {
  const { rows } = await sql<{
    id: string
  }>`select t.device_id as id from ${entity.view} as t where t.id = ${id}`.execute(db)
  return rows[0]?.id ?? bad('There is no such entity.')
}

async function changePast(w: Writing, id: number, body: Json, whole: boolean): Promise<void> {
  await mayManageDevice(w, await deviceOf(w.db, entities.HistoricalLocation, id))
  if (whole || Object.hasOwn(body, 'time'))
    await sql`update sensing.past_location set at = ${instant(body.time, 'time')} where id = ${id}`.execute(w.db)
  const thing = await entityIn(w, body, 'Thing', 'Thing')
  if (thing !== undefined)
    await sql`update sensing.past_location set device_id = ${await deviceOfThing(w.db, thing)} where id = ${id}`.execute(
      w.db,
    )
  if (Array.isArray(body.Locations)) {
    const locations = await listIn(w, body, 'Locations', 'Location')
    await sql`delete from sensing.past_location_at where past_id = ${id}`.execute(w.db)
    await sql`insert into sensing.past_location_at (past_id, location_id) select ${id}::int, l from unnest(${locations}::int[]) as u (l)
      on conflict do nothing`.execute(w.db)
  }
}

async function changeObservation(w: Writing, id: number, body: Json, whole: boolean): Promise<void> {
  const { db } = w
  await mayManageDevice(w, await deviceOf(db, entities.Observation, id))
  const sets: ReturnType<typeof sql>[] = []
  const said = (name: string) => whole || Object.hasOwn(body, name)
  if (whole || (Object.hasOwn(body, 'phenomenonTime') && body.phenomenonTime !== null)) {
    const { from, to } = span(body.phenomenonTime, 'phenomenonTime')
    // Where another value of that instant stands, this one comes after it.
    sets.push(
      sql`observed_at = ${from}`,
      sql`period_end = ${to}`,
      sql`seq = coalesce((select max(x.seq) + 1 from sensing.observation x where x.device_id = o.device_id and x.factor = o.factor
        and x.period = o.period and x.observed_at = ${from} and x.id <> o.id), 0)`,
    )
  }
  if (said('result')) {
    if (!Object.hasOwn(body, 'result')) bad('result is missing.')
    const { result } = body
    const value = typeof result === 'number' && Number.isFinite(result) ? result : null
    sets.push(sql`value = ${value}`, sql`result = ${value === null ? json(result ?? null) : null}::jsonb`)
  }
  if (said('resultTime'))
    sets.push(sql`result_time = ${body.resultTime == null ? null : instant(body.resultTime, 'resultTime')}`)
  if (said('validTime')) {
    const valid = body.validTime == null ? undefined : span(body.validTime, 'validTime')
    sets.push(sql`valid_from = ${valid?.from ?? null}`, sql`valid_until = ${valid?.to ?? null}`)
  }
  if (said('resultQuality')) sets.push(sql`result_quality = ${jsonOrNull(body.resultQuality)}::jsonb`)
  if (said('parameters')) sets.push(sql`parameters = ${jsonOrNull(object(body, 'parameters'))}::jsonb`)
  const feature = await entityIn(w, body, 'FeatureOfInterest', 'FeatureOfInterest')
  if (feature !== undefined) sets.push(sql`feature_id = ${feature}`)
  const stream = await entityIn(w, body, 'Datastream', 'Datastream')
  if (stream !== undefined) {
    const to = await streamOf(db, stream)
    await mayManageDevice(w, to.deviceId)
    sets.push(sql`device_id = ${to.deviceId}`, sql`factor = ${to.factor}`, sql`period = ${to.period}`)
  }
  if (sets.length > 0) await sql`update sensing.observation o set ${sql.join(sets)} where o.id = ${id}`.execute(db)
}

/** Ends an entity. A device is taken out of use, its past stays; what is the platform's own cannot be ended from here. */
export async function end(w: Writing, entity: Entity, id: number): Promise<void> {
  const { db, now } = w
  const ours = (): never => {
    throw new StaError(403, 'This belongs to the platform, and is kept there.')
  }
  if (entity.device) await mayManageDevice(w, await deviceOf(db, entity, id))
  else mayManage(w)
  const endStreams = (where: ReturnType<typeof sql>) =>
    sql`update sensing.datastream set deleted = ${now} where deleted is null and ${where}`.execute(db)
  switch (entity.name) {
    case 'Thing':
      await sql`update sensing.device set retired = ${now}, xid = pg_current_xact_id() where handle = ${id}`.execute(db)
      break
    case 'Datastream':
      await endStreams(sql`id = ${id}`)
      break
    case 'Observation':
      await sql`delete from sensing.observation where id = ${id}`.execute(db)
      break
    case 'HistoricalLocation':
      await sql`delete from sensing.past_location where id = ${id}`.execute(db)
      break
    case 'Location': {
      await sql`delete from sensing.past_location where id in (select past_id from sensing.past_location_at where location_id = ${id})
        and exists (select from sensing.location l where l.id = ${id} and l.device_id is null)`.execute(db)
      const { rows } =
        await sql`delete from sensing.location where id = ${id} and device_id is null returning id`.execute(db)
      if (rows.length === 0) ours()
      break
    }
    case 'Sensor': {
      const { rows } =
        await sql`update sensing.instrument set deleted = ${now} where id = ${id} and kind is null returning id`.execute(
          db,
        )
      if (rows.length === 0) ours()
      await endStreams(sql`instrument_id = ${id}`)
      break
    }
    case 'ObservedProperty': {
      const { rows } =
        await sql`update sensing.factor set deleted = ${now} where id = ${id} and code like 'sta:%' returning id`.execute(
          db,
        )
      if (rows.length === 0) ours()
      await endStreams(sql`factor_id = ${id}`)
      break
    }
    case 'FeatureOfInterest': {
      await sql`delete from sensing.observation where feature_id = ${id}`.execute(db)
      const { rows } =
        await sql`delete from sensing.feature where id = ${id} and device_id is null returning id`.execute(db)
      if (rows.length === 0) ours()
    }
  }
}

/** Rows of numbers (§12): for each what was made of it, or that it could not be taken. */
export async function createMany(
  w: Writing,
  body: unknown,
  savepoint: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<(number | undefined)[]> {
  if (!Array.isArray(body)) return bad('A list is wanted.')
  const out: (number | undefined)[] = []
  for (const part of body) {
    const { Datastream, components, dataArray } = bodyOf(part)
    if (!Array.isArray(components) || !Array.isArray(dataArray)) return bad('components and dataArray are missing.')
    if (out.length + dataArray.length > mostAtOnce) return bad('That is too much at once.')
    for (const row of dataArray) {
      const observation: Json = { Datastream }
      for (const [i, name] of components.entries()) {
        const value = Array.isArray(row) ? row[i] : undefined
        if (name === 'FeatureOfInterest/id') observation.FeatureOfInterest = { '@iot.id': value }
        else if (typeof name === 'string') observation[name] = value
      }
      try {
        out.push(await savepoint(() => createObservation(w, observation)))
      } catch (error) {
        if (!(error instanceof StaError)) throw error
        if (error.status === 403) throw error
        out.push(undefined)
      }
    }
  }
  return out
}
