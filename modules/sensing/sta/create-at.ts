/** An entity made at an address or a topic: what the path says, it belongs to. */

import type { Entity } from './entities.ts'
import type { Segment } from './odata.ts'
import { type Asking, type Json, resolve, StaError, type Target } from './resolve.ts'
import { bodyOf, create, type Writing } from './write/index.ts'

export async function createAt(
  asking: Asking,
  w: Writing,
  segments: readonly Segment[],
  body: unknown,
): Promise<{ entity: Entity; id: number }> {
  const { target, property, ending } = await resolve(asking, segments)
  if (!target.many || property.length > 0 || ending) throw new StaError(405, 'Entities are made in a set of entities.')
  const id = await create(w, target.entity.name, given(target, bodyOf(body)))
  return { entity: target.entity, id }
}

/** What a new entity belongs to by its address: `POST /Things(1)/Datastreams`. */
function given(target: Target, body: Json): Json {
  if (!target.from) return body
  const { entity, id } = target.from
  const link = { '@iot.id': id }
  const nav = Object.entries(target.entity.navs).find(([, n]) => n.to === entity.name)
  if (!nav) return body
  const [name, { many }] = nav
  if (!many) return { ...body, [name]: link }
  const there = body[name]
  return { ...body, [name]: [...(Array.isArray(there) ? there : []), link] }
}
