/** Entities ended; what devices have said stays. */
import { sql } from '@pentad/platform/db'
import type { Entity } from '../entities.ts'
import { StaError } from '../resolve.ts'
import { deviceOf } from './change.ts'
import { mayManage, mayManageDevice, type Writing } from './create.ts'

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
