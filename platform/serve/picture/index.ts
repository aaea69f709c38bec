/**
 * One picture of what moves (or burns) for all who look: read once, cut into cells, and for each set of rights each changed cell is
 * encoded once, whoever many look at it. Of a listener it is known only which cells it has; what it missed it is told anew.
 */
import type { Db } from '../../db/index.ts'
import { binCellsOf, encodeBins, encodeFrame, type Key, type Rect, type Subject, sameRect } from '../../picture.ts'
import { type Actor, permits, sightOf } from '../../rights.ts'
import { type LiveThing, type Sighting, sightingOf } from './sighting.ts'

export type { LiveThing } from './sighting.ts'

export interface LiveChange {
  cursor: string
  here: readonly LiveThing[]
  gone: readonly Key[]
}
export interface LiveSource {
  subject: Subject
  everyMs: number
  may: string
  /** More than so many in view are counted instead of told. */
  most: number
  /** What changed after the cursor; some may come twice, none is left out. Null asks for everything. */
  changed: (db: Db, cursor: string | null) => Promise<LiveChange>
}

const anyKind = 0xffff_ffff

export interface Looker {
  actor: Actor
  rect: Rect | null
  /** It has forgotten what it was told, and wants all of it. */
  anew: boolean
  /** Bits of the kinds that it shows, for the counts. */
  kinds: number
  /** Bytes that wait to be sent to it. */
  waiting: () => number
  send: (frame: Uint8Array) => void
}
interface Told {
  sighting: Sighting
  /** The cells that it has been told of; null when it must be told anew. */
  rect: Rect | null
  counted: boolean
  counts: Uint8Array | null
}

/** Bytes waiting for a listener beyond which it is left out until they are through, and then told anew. */
export const mostPicturesWaiting = 256 * 1024
/** Counts follow more slowly than things: each so many turns. */
const countsEvery = 4
/** From counts back to things only when there are clearly fewer. */
const backAt = 0.85
/** Turns without anybody looking after which the picture is let go. */
const idleTurns = 240

export interface Picture {
  turn: (db: Db, nowMs: number) => Promise<void>
  add: (looker: Looker) => void
  remove: (looker: Looker) => void
}

export function pictureOf({ subject, may, most, changed }: LiveSource): Picture {
  const all = new Map<Key, LiveThing>()
  const sightings = new Map<string, { sighting: Sighting; lookers: number }>()
  const lookers = new Map<Looker, Told & { rights: string }>()
  let cursor: string | null = null
  let turns = 0
  let idle = 0

  function sightingFor(actor: Actor): { rights: string; sighting: Sighting } {
    const { areas, units } = sightOf(actor, may)
    const rights = JSON.stringify([areas.includes('') ? [''] : areas.sort(), units.sort()])
    let there = sightings.get(rights)
    if (!there) {
      const known = new Map<string, boolean>()
      const sees = ({ areaCode, unitId }: LiveThing): boolean => {
        const scope = `${areaCode} ${unitId}`
        let sure = known.get(scope)
        if (sure === undefined) {
          sure = permits(actor, may, { areaCode, units: unitId ? [unitId] : [] })
          known.set(scope, sure)
        }
        return sure
      }
      there = { sighting: sightingOf(subject, sees), lookers: 0 }
      for (const thing of all.values()) there.sighting.put(thing)
      there.sighting.turn()
      sightings.set(rights, there)
    }
    there.lookers++
    return { rights, sighting: there.sighting }
  }

  /** A frame is made once for all of the same rights and view. */
  function framed(
    { frames }: Sighting,
    name: string,
    atMs: number,
    rect: Rect,
    forget: boolean,
    parts: () => Uint8Array[],
  ): Uint8Array | null {
    const key = `${name} ${rect.west} ${rect.south} ${rect.east} ${rect.north}`
    const there = frames.get(key)
    if (there !== undefined) return there
    const found = parts()
    const frame =
      found.length || forget ? encodeFrame({ what: 'things', subject, forget, binCells: 1, atMs, rect }, found) : null
    frames.set(key, frame)
    return frame
  }

  function tell(looker: Looker, told: Told, atMs: number): void {
    const { rect } = looker
    const kinds = subject === 'moving' ? looker.kinds : anyKind
    if (!rect) {
      told.rect = null
      return
    }
    const { sighting } = told
    if (looker.anew || looker.waiting() > mostPicturesWaiting) told.rect = null
    if (looker.waiting() > mostPicturesWaiting) return
    looker.anew = false
    const count = sighting.count(rect, kinds)
    const counted = count > most * (told.counted ? backAt : 1)
    const anew = told.rect === null || counted !== told.counted
    const moved = told.rect === null || !sameRect(told.rect, rect)
    let frame: Uint8Array | null
    if (counted) {
      if (!anew && !moved && turns % countsEvery !== 0) return
      frame = countsFrame(sighting, rect, kinds, atMs)
      const body = frame.subarray(8)
      if (!anew && told.counts && Buffer.compare(told.counts, body) === 0) frame = null
      else told.counts = body
    } else if (anew) frame = framed(sighting, 'whole', atMs, rect, true, () => sighting.whole(rect, null))
    else if (moved) {
      const known = told.rect
      // What it has of the cells that stay in view follows by what changed; the new ones come whole.
      const parts = [...sighting.changes(rect), ...sighting.whole(rect, known)]
      frame = encodeFrame({ what: 'things', subject, forget: false, binCells: 1, atMs, rect }, parts)
    } else frame = framed(sighting, 'changes', atMs, rect, false, () => sighting.changes(rect))
    told.rect = rect
    told.counted = counted
    if (frame) looker.send(frame)
  }
  function countsFrame(sighting: Sighting, rect: Rect, kinds: number, atMs: number): Uint8Array {
    const key = `counts ${kinds} ${rect.west} ${rect.south} ${rect.east} ${rect.north}`
    const there = sighting.frames.get(key)
    if (there) return there
    const binCells = binCellsOf(rect)
    const bins = encodeBins(sighting.bins(rect, binCells, kinds))
    const frame = encodeFrame({ what: 'counts', subject, forget: true, binCells, atMs, rect }, [bins])
    sighting.frames.set(key, frame)
    return frame
  }

  /** Nobody looks: whoever comes next begins with all of it. */
  function letGo(): void {
    cursor = null
    all.clear()
    sightings.clear()
    for (const [looker, told] of lookers) lookers.set(looker, { ...told, ...sightingFor(looker.actor), rect: null })
  }

  return {
    async turn(db, nowMs) {
      if (![...lookers.keys()].some((l) => l.rect !== null)) {
        if (cursor !== null && ++idle >= idleTurns) letGo()
        if (cursor === null) return
      } else idle = 0
      const { cursor: next, here, gone } = await changed(db, cursor)
      cursor = next
      for (const key of gone) {
        all.delete(key)
        for (const { sighting } of sightings.values()) sighting.remove(key)
      }
      for (const thing of here) {
        all.set(thing.key, thing)
        for (const { sighting } of sightings.values()) sighting.put(thing)
      }
      for (const [looker, told] of lookers) tell(looker, told, nowMs)
      for (const { sighting } of sightings.values()) sighting.turn()
      turns++
    },
    add(looker) {
      lookers.set(looker, { ...sightingFor(looker.actor), rect: null, counted: false, counts: null })
    },
    remove(looker) {
      const told = lookers.get(looker)
      if (!told) return
      lookers.delete(looker)
      const there = sightings.get(told.rights)
      if (there && --there.lookers === 0) sightings.delete(told.rights)
    },
  }
}
