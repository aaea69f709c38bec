/** What is said of an entity, changed or said anew. */
import { locatorOf } from '@pentad/geography'
import { type Db, sql } from '@pentad/platform/db'
import { isRefusal } from '@pentad/platform/refusal'
import { type Entity, type EntityName, entities } from '../entities.ts'
import { shapeOf } from '../geometry.ts'
import { patched, sameJson } from '../json-patch.ts'
import type { Json } from '../resolve.ts'
import {
  deviceOfThing,
  entityIn,
  listIn,
  mayManage,
  mayManageDevice,
  resultOf,
  standAt,
  streamOf,
  type Writing,
} from './create.ts'
import { anything, bad, instant, json, jsonOrNull, linked, object, span, text } from './values.ts'

/** Columns that a change may set, by property; each gives its value for SQL. */
type Setter = (body: Json, name: string) => ReturnType<typeof sql> | undefined
const setText =
  (...columns: string[]): Setter =>
  (body, name) => {
    const value = text(body, name, false)
    if (value === undefined) return Object.hasOwn(body, name) ? bad(`${name} must be text.`) : undefined
    return sql.join(columns.map((c) => sql`${sql.ref(c)} = ${value}`))
  }
const setJson =
  (column: string, empty: unknown): Setter =>
  (body, name) => {
    if (!Object.hasOwn(body, name)) return undefined
    const value = body[name] ?? empty
    return sql`${sql.ref(column)} = ${value === null ? null : json(value)}::jsonb`
  }
/** What a device of ours says of itself by its register stands there, and is not kept a second time beside it. */
const setThingProperties: Setter = (body, name) => {
  if (!Object.hasOwn(body, name)) return undefined
  const value = json(object(body, name) ?? {})
  return sql`properties = case when protocol = 'sta' then ${value}::jsonb
    else ${value}::jsonb - '{kind,protocol,address,nameEn,label,areaCode,unitId}'::text[] end`
}
const setAnything =
  (column: string): Setter =>
  (body, name) => {
    if (!Object.hasOwn(body, name)) return undefined
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
    of: { name: setText('name_zh'), description: setText('description'), properties: setThingProperties },
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

/** What a JSON Patch of an entity comes to: the properties that are another after it. What it names and is not there is nothing. */
export function changesOf(entity: Entity, said: Json, patch: unknown): Json {
  const names = Object.keys(entity.props)
  const before: Json = Object.fromEntries(
    names.flatMap((name) => {
      if (said[name] !== undefined) return [[name, said[name]]]
      // An empty one is not said, yet may be added to.
      return name === 'properties' || name === 'parameters' ? [[name, {}]] : []
    }),
  )
  const after = patched(before, patch)
  const strange = Object.keys(after).find((name) => !names.includes(name))
  if (strange !== undefined) bad(`${entity.name} has no property ${strange} that could be changed.`)
  return Object.fromEntries(
    names.filter((name) => !sameJson(before[name], after[name])).map((name) => [name, after[name] ?? null]),
  )
}

/**
 * Changes what is said (PATCH), or says all of it anew (PUT): then what may be left out and is, is gone; what an entity cannot be
 * without stays as it was.
 */
export async function change(w: Writing, entity: Entity, id: number, body: Json, whole: boolean): Promise<void> {
  for (const name of Object.keys(entity.navs)) {
    const given = body[name]
    const list = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given]
    // Only what is there already can be linked to.
    if (list.some((x) => linked(x) === undefined)) bad(`${name} cannot be made by a change: link to it with @iot.id.`)
  }
  if (entity.name === 'Observation') return changeObservation(w, id, body, whole)
  if (entity.name === 'HistoricalLocation') return changePast(w, id, body)
  const device = entity.device ? await deviceOf(w.db, entity, id) : undefined
  if (device) await mayManageDevice(w, device)
  else mayManage(w)
  const { table, of, optional } = setters[entity.name]
  const sets = Object.entries(of).flatMap(([name, set]) => {
    const one = set(body, name) ?? (whole && optional.includes(name) ? set({ [name]: null }, name) : undefined)
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

export async function deviceOf(db: Db, entity: Entity, id: number): Promise<string> {
  const { rows } = await sql<{
    id: string
  }>`select t.device_id as id from ${entity.view} as t where t.id = ${id}`.execute(db)
  return rows[0]?.id ?? bad('There is no such entity.')
}

async function changePast(w: Writing, id: number, body: Json): Promise<void> {
  await mayManageDevice(w, await deviceOf(w.db, entities.HistoricalLocation, id))
  if (Object.hasOwn(body, 'time'))
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
  if (Object.hasOwn(body, 'phenomenonTime') && body.phenomenonTime !== null) {
    const { from, to } = span(body.phenomenonTime, 'phenomenonTime')
    // Where another value of that instant stands, this one comes after it.
    sets.push(
      sql`observed_at = ${from}`,
      sql`period_end = ${to}`,
      sql`seq = coalesce((select max(x.seq) + 1 from sensing.observation x where x.device_id = o.device_id and x.factor = o.factor
        and x.period = o.period and x.observed_at = ${from} and x.id <> o.id), 0)`,
    )
  }
  if (Object.hasOwn(body, 'result')) {
    const { value, result } = resultOf(body.result)
    sets.push(sql`value = ${value}`, sql`result = ${result}::jsonb`)
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
