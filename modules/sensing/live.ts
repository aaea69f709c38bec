/** Vehicles on the move, for `/api/live`. */
import type { LiveSource } from '@pentad/platform/serve'
import { encodePositions, type LivePosition } from './model.ts'
import { positionsSince } from './queries/index.ts'

export interface LivePositionItem extends LivePosition {
  areaCode: string | null
  unitId: string | null
}

export const livePositions: LiveSource<LivePositionItem> = {
  everyMs: 250,
  may: 'sensing.read',
  async changed(db, cursor) {
    const { mark, positions } = await positionsSince(db, cursor)
    return { cursor: mark, items: positions }
  },
  frame: encodePositions,
}
