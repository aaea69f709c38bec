/** What a caller may see through SensorThings: what they may see of the devices. */
import { type RawSql, sql } from '@pentad/platform/db'
import { type Actor, holds } from '@pentad/platform/rights'
import { seen } from '../queries/index.ts'
import type { Entity } from './entities.ts'

export type Caller =
  | { kind: 'person'; actor: Actor }
  /** A device sees itself. */
  | { kind: 'device'; deviceId: string; login: string }

const seesDevice = (caller: Caller, deviceId: RawSql): RawSql => {
  if (caller.kind === 'device') return sql`${deviceId} = ${caller.deviceId}`
  const sight = seen(caller.actor)
  return seesAll(caller) ? sql`true` : sql`exists (select from sensing.device d where d.id = ${deviceId} and ${sight})`
}
export const seesAll = (caller: Caller): boolean =>
  caller.kind === 'person' && caller.actor.grants.some((g) => g.may.includes('sensing.read') && g.areas.includes(''))

/** The condition under which a row of an entity may be seen. */
export function sight(entity: Entity, alias: string, caller: Caller): RawSql {
  if (seesAll(caller)) return sql`true`
  if (entity.device) return seesDevice(caller, entity.device(alias))
  // What is measured and by which make of instrument is no secret.
  if (entity.name === 'Sensor' || entity.name === 'ObservedProperty') return sql`true`
  const id = sql.ref(`${alias}.id`)
  const device = sql.ref(`${alias}.device_id`)
  const own = seesDevice(caller, device)
  const { users, mine } =
    entity.name === 'Location'
      ? {
          users: sql`select from sensing.thing_location tl where tl.location_id = ${id}`,
          mine: seesDevice(caller, sql`tl.device_id`),
        }
      : {
          users: sql`select from sensing.observation o where o.feature_id = ${id}`,
          mine: seesDevice(caller, sql`o.device_id`),
        }
  // What belongs to nothing yet is seen by those who could make it belong.
  const free =
    caller.kind === 'person' && holds(caller.actor, 'sensing.manage-devices')
      ? sql`or (${device} is null and not exists (${users}))`
      : sql``
  return sql`(${own} or exists (${users} and ${mine}) ${free})`
}
