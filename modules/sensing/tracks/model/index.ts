export { decodeChunk, encodeChunk, merged, slotMs, slotOf } from './chunk.ts'
export { closedRing, concerns, type Fence, fenceOf, holdsAt, isInside } from './fence.ts'
export {
  clockIsAhead,
  type Fix,
  fixQualities,
  latOf,
  lonOf,
  qualityBits,
  qualityNames,
  saysWhere,
  standingFix,
} from './fix.ts'
export {
  boundsOf,
  gapsOf,
  judged,
  type Nearness,
  nearnessOf,
  type Standing,
  shapeOf,
  staysIn,
  stopsOf,
  wayM,
} from './track.ts'
