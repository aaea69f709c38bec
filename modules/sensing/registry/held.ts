/** Who carries a phone, as a city pack says it: bound from day to day, and what an operator has bound stays. */
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { type LegalDay, nextLegalDay, startOfLegalDay } from '@pentad/platform/time'
import type { DeviceLoad } from '../devices.ts'
import { addressOf, protocolOf } from '../model.ts'
import { addBinding } from './queries.ts'

export interface Holding {
  login: string
  from: LegalDay
  /** The last day; null without an end. */
  until: LegalDay | null
}
type Held = Pick<DeviceLoad, 'kind' | 'address' | 'protocol'> & { held?: Holding | undefined }

const pack = 'pack'

/** The same pack again changes nothing; another holder takes over from the one that a pack named before. */
export async function bindHolders(db: Db, devices: readonly Held[], now: Date): Promise<void> {
  for (const { kind, address, protocol = protocolOf[kind], held } of devices) {
    if (!held) continue
    const { rows } = await sql<{ id: string; handle: number; personId: string }>`
      select d.id, d.handle, p.id as "personId" from sensing.device d, identity.api_person p
      where d.protocol = ${protocol} and d.address = ${addressOf(protocol, address)} and p.login = ${held.login}`.execute(
      db,
    )
    const [found] = rows
    // Read checked what a pack alone can tell.
    if (!found) throw new Error(`device ${address}: there is nobody ${held.login} to carry it`)
    const { id: deviceId, handle, personId } = found
    const span = {
      from: startOfLegalDay(held.from),
      until: held.until === null ? null : startOfLegalDay(nextLegalDay(held.until)),
    }
    const { rows: there } = await sql<{ id: string; personId: string | null; by: string; from: Date }>`
      select id, person_id as "personId", bound_by as by, valid_from as from from sensing.binding
      where device_id = ${deviceId} and tstzrange(valid_from, valid_until) && tstzrange(${span.from}, ${span.until})`.execute(
      db,
    )
    // Theirs already, or bound by an operator, who knows better.
    if (there.some((b) => b.by !== pack || b.personId === personId)) continue
    for (const { id, from } of there)
      await (from < now
        ? sql`update sensing.binding set valid_until = ${now} where id = ${id}`
        : sql`delete from sensing.binding where id = ${id}`
      ).execute(db)
    const from = there.length > 0 && span.from < now ? now : span.from
    if (span.until !== null && span.until <= from) continue
    const binding = { id: newId(), deviceId, handle, kind: 'person' as const, personId, target: null }
    await addBinding(db, { ...binding, from, until: span.until, by: pack, now })
  }
}
