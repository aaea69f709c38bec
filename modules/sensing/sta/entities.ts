/** The eight entity types of SensorThings 1.1 (§8), and how each is read from our tables. */
import { type RawSql, sql } from '@pentad/platform/db'

export type EntityName =
  | 'Thing'
  | 'Location'
  | 'HistoricalLocation'
  | 'Datastream'
  | 'Sensor'
  | 'ObservedProperty'
  | 'Observation'
  | 'FeatureOfInterest'

export type PropType = 'number' | 'text' | 'json' | 'geo' | 'time' | 'interval' | 'any'
export interface Prop {
  type: PropType
  /** Its value in a row with this alias; of an interval the beginning. */
  sql: (alias: string) => RawSql
  /** The end of an interval; null for an instant. */
  end?: (alias: string) => RawSql
  /** A value is always said, even when it is null. */
  always?: boolean
}
export interface Nav {
  to: EntityName
  many: boolean
  join: (from: string, to: string) => RawSql
}
export interface Entity {
  name: EntityName
  set: string
  view: RawSql
  props: Readonly<Record<string, Prop>>
  navs: Readonly<Record<string, Nav>>
  /** Which device it belongs to, where it belongs to one. */
  device: ((alias: string) => RawSql) | null
  /** That a row is one of these, where the number itself has no index. */
  pin?: (alias: string, ids: readonly number[]) => RawSql
}
export const isOneOf = (entity: Entity, alias: string, ids: readonly number[]): RawSql =>
  entity.pin?.(alias, ids) ?? sql`${sql.ref(`${alias}.id`)} = any(${ids}::bigint[])`

const col = (alias: string, column: string): RawSql => sql.ref(`${alias}.${column}`)
const prop = (type: PropType, column: string): Prop => ({ type, sql: (a) => col(a, column) })
const named = { name: prop('text', 'name'), description: prop('text', 'description') }
const properties = prop('json', 'properties')
const encoded = { ...named, encodingType: prop('text', 'encoding_type'), properties }
const equal = (from: string, fromColumn: string, to: string, toColumn: string): RawSql =>
  sql`${col(to, toColumn)} = ${col(from, fromColumn)}`

/** Between which values of a column the observations of a datastream lie. */
const span = (alias: string, column: string, which: 'min' | 'max', condition: RawSql = sql``): RawSql =>
  sql`(select ${sql.raw(which)}(${sql.ref(`o.${column}`)}) from sensing.observation o where o.device_id = ${col(alias, 'device_id')}
    and o.factor = ${col(alias, 'factor')} and o.period = ${col(alias, 'period')} ${condition})`
const stated = sql`and o.result_time is not null`

export const entities: Readonly<Record<EntityName, Entity>> = {
  Thing: {
    name: 'Thing',
    set: 'Things',
    view: sql`sensing.sta_thing`,
    props: { ...named, properties },
    navs: {
      Datastreams: { to: 'Datastream', many: true, join: (f, t) => equal(f, 'id', t, 'thing_id') },
      Locations: {
        to: 'Location',
        many: true,
        join: (f, t) =>
          sql`exists (select from sensing.thing_location tl where tl.device_id = ${col(f, 'device_id')} and tl.location_id = ${col(t, 'id')})`,
      },
      HistoricalLocations: { to: 'HistoricalLocation', many: true, join: (f, t) => equal(f, 'id', t, 'thing_id') },
    },
    device: (a) => col(a, 'device_id'),
  },
  Location: {
    name: 'Location',
    set: 'Locations',
    view: sql`sensing.sta_location`,
    props: { ...encoded, location: prop('geo', 'location') },
    navs: {
      Things: {
        to: 'Thing',
        many: true,
        join: (f, t) =>
          sql`exists (select from sensing.thing_location tl where tl.device_id = ${col(t, 'device_id')} and tl.location_id = ${col(f, 'id')})`,
      },
      HistoricalLocations: {
        to: 'HistoricalLocation',
        many: true,
        join: (f, t) =>
          sql`exists (select from sensing.past_location_at pa where pa.past_id = ${col(t, 'id')} and pa.location_id = ${col(f, 'id')})`,
      },
    },
    device: null,
  },
  HistoricalLocation: {
    name: 'HistoricalLocation',
    set: 'HistoricalLocations',
    view: sql`sensing.sta_past_location`,
    props: { time: prop('time', 'time') },
    navs: {
      Thing: { to: 'Thing', many: false, join: (f, t) => equal(f, 'thing_id', t, 'id') },
      Locations: {
        to: 'Location',
        many: true,
        join: (f, t) =>
          sql`exists (select from sensing.past_location_at pa where pa.past_id = ${col(f, 'id')} and pa.location_id = ${col(t, 'id')})`,
      },
    },
    device: (a) => col(a, 'device_id'),
  },
  Datastream: {
    name: 'Datastream',
    set: 'Datastreams',
    view: sql`sensing.sta_datastream`,
    props: {
      ...named,
      observationType: prop('text', 'observation_type'),
      unitOfMeasurement: prop('json', 'unit_of_measurement'),
      observedArea: prop('geo', 'observed_area'),
      phenomenonTime: {
        type: 'interval',
        sql: (a) => span(a, 'observed_at', 'min'),
        end: (a) =>
          sql`greatest(${span(a, 'observed_at', 'max')}, ${span(a, 'period_end', 'max', sql`and o.period_end is not null`)})`,
      },
      resultTime: {
        type: 'interval',
        sql: (a) => span(a, 'result_time', 'min', stated),
        end: (a) => span(a, 'result_time', 'max', stated),
      },
      properties,
    },
    navs: {
      Thing: { to: 'Thing', many: false, join: (f, t) => equal(f, 'thing_id', t, 'id') },
      Sensor: { to: 'Sensor', many: false, join: (f, t) => equal(f, 'sensor_id', t, 'id') },
      ObservedProperty: {
        to: 'ObservedProperty',
        many: false,
        join: (f, t) => equal(f, 'observed_property_id', t, 'id'),
      },
      Observations: { to: 'Observation', many: true, join: (f, t) => equal(f, 'id', t, 'datastream_id') },
    },
    device: (a) => col(a, 'device_id'),
  },
  Sensor: {
    name: 'Sensor',
    set: 'Sensors',
    view: sql`sensing.sta_sensor`,
    props: { ...encoded, metadata: prop('json', 'metadata') },
    navs: { Datastreams: { to: 'Datastream', many: true, join: (f, t) => equal(f, 'id', t, 'sensor_id') } },
    device: null,
  },
  ObservedProperty: {
    name: 'ObservedProperty',
    set: 'ObservedProperties',
    view: sql`sensing.sta_observed_property`,
    props: { ...named, definition: prop('text', 'definition'), properties },
    navs: { Datastreams: { to: 'Datastream', many: true, join: (f, t) => equal(f, 'id', t, 'observed_property_id') } },
    device: null,
  },
  Observation: {
    name: 'Observation',
    set: 'Observations',
    view: sql`sensing.sta_observation`,
    props: {
      phenomenonTime: {
        type: 'interval',
        sql: (a) => col(a, 'phenomenon_start'),
        end: (a) => col(a, 'phenomenon_end'),
        always: true,
      },
      resultTime: { ...prop('time', 'result_time'), always: true },
      result: { ...prop('any', 'result'), always: true },
      resultQuality: prop('json', 'result_quality'),
      validTime: { type: 'interval', sql: (a) => col(a, 'valid_from'), end: (a) => col(a, 'valid_until') },
      parameters: prop('json', 'parameters'),
    },
    navs: {
      Datastream: { to: 'Datastream', many: false, join: (f, t) => equal(f, 'datastream_id', t, 'id') },
      FeatureOfInterest: { to: 'FeatureOfInterest', many: false, join: (f, t) => equal(f, 'feature_id', t, 'id') },
    },
    device: (a) => col(a, 'device_id'),
  },
  FeatureOfInterest: {
    name: 'FeatureOfInterest',
    set: 'FeaturesOfInterest',
    view: sql`sensing.sta_feature`,
    props: { ...encoded, feature: prop('geo', 'feature') },
    navs: {
      Observations: {
        to: 'Observation',
        many: true,
        // Said so that an index finds them: those of its device, and those that name it.
        join: (f, t) =>
          sql`${col(t, 'feature_id')} = ${col(f, 'id')} and (${col(t, 'stated_feature')} = ${col(f, 'id')} or ${col(t, 'device_id')} = ${col(f, 'device_id')})`,
      },
    },
    device: null,
  },
}

export const entityOfSet = (set: string): Entity | undefined => Object.values(entities).find((e) => e.set === set)
