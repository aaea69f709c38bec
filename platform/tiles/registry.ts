/** The layers of a server: which there are, who may see them, and their tiles. */
import { createHash } from 'node:crypto'
import type { Db } from '../db/index.ts'
import { RefusalError, refuse } from '../refusal.ts'
import { type Actor, holds, type Sight, sightOf } from '../rights.ts'
import { cutPoints } from './cut-points.ts'
import { HeldLayer, type ShapeThing } from './held.ts'
import { type Item, type ItemsWish, itemsOf } from './items.ts'
import { Mask, type Narrowing } from './mask.ts'
import { isTile, type TileAt } from './mercator.ts'
import { MvtLayer, mvtOf } from './mvt.ts'
import { listZoom } from './points.ts'
import { drawShape } from './shapes.ts'
import { isFamily, type LayerFamily, type LayerSource, type Layers } from './source.ts'

export interface TileWish extends Narrowing {
  /** States; all when left out. */
  only?: readonly string[] | undefined
  /** For polygons: a point layer whose things are counted in each. */
  count?: string | undefined
}
export interface Tile {
  bytes: Uint8Array
  /** Of its content, the same in every process. */
  etag: string
}
export interface Totals {
  count: number
  byState: Record<string, number>
}

const lowestZoom = 3
const highestZoom = 22
/** Bytes of tiles that are kept. */
const keptBytes = 64 * 1024 * 1024
const keptMasks = 500

export const zoomsOf = ({ minZoom = lowestZoom, maxZoom = highestZoom }: LayerSource): [number, number] => [
  minZoom,
  maxZoom,
]
/** From this zoom on a layer of points shows the things themselves. */
export const pointsFrom = listZoom

/** What of a layer the caller may see; null for all of it, undefined for nothing. */
export function sightIn({ may }: LayerSource, actor: Actor): Sight | null | undefined {
  if (may === 'public') return null
  return holds(actor, may) ? sightOf(actor, may) : undefined
}

export class LayerRegistry {
  private readonly fixed: readonly LayerSource[]
  private readonly families: readonly LayerFamily[]
  private readonly held = new Map<string, HeldLayer>()
  private readonly familySources = new Map<string, { version: string; sources: readonly LayerSource[] }>()
  private readonly masks = new Map<string, Mask>()
  private readonly tiles = new Map<string, Tile & { state: string }>()
  private tileBytes = 0
  private readonly db: Db

  constructor(layers: Layers, db: Db) {
    this.db = db
    this.fixed = layers.filter((l): l is LayerSource => !isFamily(l))
    this.families = layers.filter(isFamily)
    const ids = this.fixed.map((l) => l.id)
    const twice = ids.find((id, i) => ids.indexOf(id) !== i)
    if (twice) throw new Error(`two layers are called ${twice}`)
  }

  /** All layers there are now, whoever asks. */
  async sources(): Promise<LayerSource[]> {
    const families = await Promise.all(this.families.map((f) => this.sourcesOf(f)))
    return [...this.fixed, ...families.flat()]
  }

  /** The layers that someone may see. */
  async sourcesFor(actor: Actor): Promise<LayerSource[]> {
    return (await this.sources()).filter((s) => sightIn(s, actor) !== undefined)
  }

  async find(id: string): Promise<LayerSource | undefined> {
    const fixed = this.fixed.find((l) => l.id === id)
    if (fixed) return fixed
    const family = this.families.find((f) => id.startsWith(`${f.prefix}-`))
    return family && (await this.sourcesOf(family)).find((s) => s.id === id)
  }

  /** A layer with what its caller may see of it, or the refusal that says why not. */
  async granted(id: string, actor: Actor): Promise<{ source: LayerSource; sight: Sight | null }> {
    const source = await this.find(id)
    if (!source) throw new RefusalError(refuse('platform/not-found'))
    const sight = sightIn(source, actor)
    if (sight !== undefined) return { source, sight }
    throw new RefusalError(
      actor.grants.length === 0 && actor.id === 'public'
        ? refuse('platform/not-signed-in')
        : refuse('platform/not-allowed', { may: source.may }),
    )
  }

  /** How many things of a point layer someone sees; undefined until it is loaded, which then begins. */
  async totals(source: LayerSource, sight: Sight | null, now: Date): Promise<Totals | undefined> {
    const held = this.hold(source)
    if (!held.isLoaded) {
      // Whoever asks for the list does not wait for a million rows; what fails here fails again, aloud, with the tile.
      held.fresh(now).catch(() => undefined)
      return undefined
    }
    await held.fresh(now)
    if (!held.points) return { count: held.shapes?.size ?? 0, byState: {} }
    const { count, byState } = held.points.totals(this.maskOf(held, sight, {}))
    const states = source.states ?? []
    return { count, byState: Object.fromEntries(states.map(({ id }, i) => [id, byState[i] ?? 0])) }
  }

  /** Begins to follow a layer that is in memory already; `tile` takes this instead of asking once more. */
  ahead(id: string, now: Date): Promise<void> | undefined {
    const held = this.held.get(id)
    return held?.isLoaded ? held.fresh(now) : undefined
  }

  /** A tile as its caller may see it; undefined when there is nothing in it. */
  async tile(
    id: string,
    at: TileAt,
    actor: Actor,
    wish: TileWish,
    now: Date,
    ahead?: Promise<void>,
  ): Promise<Tile | undefined> {
    const { source, sight } = await this.granted(id, actor)
    const [from, to] = zoomsOf(source)
    if (!isTile(at)) throw new RefusalError(refuse('platform/not-found'))
    if (at.z < from || at.z > to) return undefined
    const held = this.hold(source)
    const counted = wish.count === undefined ? undefined : await this.granted(wish.count, actor)
    const counting = counted && this.hold(counted.source)
    await Promise.all([held.isLoaded && ahead ? ahead : held.fresh(now), counting?.fresh(now)])
    const state = [held.edition, held.points?.touchedAt(at), counting?.edition, counting?.points?.version].join('.')
    const key = [id, at.z, at.x, at.y, sightKey(sight), JSON.stringify(wish), counted && sightKey(counted.sight)].join(
      '|',
    )
    const kept = this.tiles.get(key)
    if (kept?.state === state) {
      this.tiles.delete(key)
      this.tiles.set(key, kept)
      return kept.bytes.length ? kept : undefined
    }
    const layer = held.points
      ? cutPoints(held.points, {
          name: id,
          at,
          mask: this.maskOf(held, sight, wish),
          only: statesWanted(source, wish.only),
        })
      : drawShapes(
          held,
          at,
          sight,
          wish,
          counting?.points &&
            counted && {
              source: counted.source,
              store: counting.points,
              mask: this.maskOf(counting, counted.sight, { unit: wish.unit }),
            },
        )
    const bytes = mvtOf([layer])
    const tile = { bytes, etag: `"${createHash('sha1').update(bytes).digest('base64url')}"` }
    this.keep(key, { ...tile, state })
    return bytes.length ? tile : undefined
  }

  /** Things of a layer as GeoJSON features, as its caller may see them. */
  items(source: LayerSource, wish: ItemsWish, now: Date): Promise<Item[]> {
    return itemsOf(this.db, source, wish, this.hold(source), now)
  }

  private keep(key: string, tile: Tile & { state: string }): void {
    const before = this.tiles.get(key)
    if (before) this.tileBytes -= before.bytes.length + 200
    this.tiles.delete(key)
    this.tiles.set(key, tile)
    this.tileBytes += tile.bytes.length + 200
    for (const [oldest, { bytes }] of this.tiles) {
      if (this.tileBytes <= keptBytes) break
      this.tiles.delete(oldest)
      this.tileBytes -= bytes.length + 200
    }
  }

  private hold(source: LayerSource): HeldLayer {
    let held = this.held.get(source.id)
    // A ledger that was defined anew is another source under the same id.
    if (!held || held.source !== source) {
      held = new HeldLayer(source, this.db)
      this.held.set(source.id, held)
    }
    return held
  }

  private maskOf(held: HeldLayer, sight: Sight | null, { area, unit }: Narrowing): Mask {
    const key = [held.source.id, held.edition, sightKey(sight), area ?? '', unit ?? ''].join('|')
    let mask = this.masks.get(key)
    if (!mask) {
      mask = new Mask(sight, { area, unit })
      this.masks.set(key, mask)
      for (const old of this.masks.keys()) if (this.masks.size > keptMasks) this.masks.delete(old)
    }
    return mask
  }

  private async sourcesOf(family: LayerFamily): Promise<readonly LayerSource[]> {
    const version = await family.version(this.db)
    const known = this.familySources.get(family.prefix)
    if (known?.version === version) return known.sources
    const sources = await family.sources(this.db)
    for (const { id } of sources)
      if (!id.startsWith(`${family.prefix}-`)) throw new Error(`${id} does not begin with ${family.prefix}-`)
    this.familySources.set(family.prefix, { version, sources })
    return sources
  }
}

const sightKey = (sight: Sight | null): string =>
  sight === null || sight.areas.includes('')
    ? '*'
    : createHash('sha1')
        .update(JSON.stringify([[...sight.areas].sort(), [...sight.units].sort()]))
        .digest('base64url')

function statesWanted({ states = [] }: LayerSource, only: readonly string[] | undefined): number {
  if (!only) return -1
  return only.reduce((bits, id) => {
    const i = states.findIndex((s) => s.id === id)
    return i < 0 ? bits : bits | (1 << i)
  }, 0)
}

interface Counting {
  source: LayerSource
  store: NonNullable<HeldLayer['points']>
  mask: Mask
}
const sees = (sight: Sight | null, { areaCode, unitId }: ShapeThing): boolean =>
  sight === null ||
  sight.areas.includes('') ||
  (areaCode !== null && sight.areas.some((prefix) => areaCode.startsWith(prefix))) ||
  (unitId !== null && sight.units.includes(unitId))

function drawShapes(
  held: HeldLayer,
  at: TileAt,
  sight: Sight | null,
  { area, unit, only }: TileWish,
  counting: Counting | undefined,
): MvtLayer {
  const layer = new MvtLayer(held.source.id)
  const idKey = layer.key('id')
  const columns = Object.entries(held.source.properties).flatMap(([name, { type }]) =>
    type === 'word' || type === 'number' ? [layer.key(name)] : [],
  )
  const counts = new Map<number, ReturnType<Counting['store']['countsByPrefix']>>()
  const countOf = (code: string): Int32Array | undefined => {
    if (!counting) return undefined
    let byPrefix = counts.get(code.length)
    if (!byPrefix) {
      byPrefix = counting.store.countsByPrefix(counting.mask, code.length)
      counts.set(code.length, byPrefix)
    }
    return byPrefix.of(code)
  }
  for (const { shape, of } of held.shapes?.in(at) ?? []) {
    if (!sees(sight, of)) continue
    if (area !== undefined && !(of.areaCode?.startsWith(area) ?? false)) continue
    if (unit !== undefined && !counting && of.unitId !== unit) continue
    if (only && !only.includes(of.state ?? '')) continue
    const tags = [idKey, layer.ownValue(of.key)]
    if (of.state !== null) tags.push(layer.key('state'), layer.value(of.state))
    for (const [i, value] of of.values.entries()) if (value !== null) tags.push(columns[i] ?? 0, layer.value(value))
    if (counting) {
      const n = countOf(of.key)
      tags.push(layer.key('count'), layer.value(n?.[0] ?? 0))
      for (const [i, { id }] of (counting.source.states ?? []).entries()) {
        const inState = n?.[i + 1] ?? 0
        if (inState) tags.push(layer.key(id), layer.value(inState))
      }
    }
    drawShape(layer, shape, at, tags)
  }
  return layer
}
