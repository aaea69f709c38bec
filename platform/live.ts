/**
 * The words spoken over the WebSocket `/api/live`. Text frames are these, as JSON; binary frames are pictures (`picture.ts`).
 * A client that was away asks again for what it shows: news tell that something changed, they do not carry state.
 */

export interface LiveNews {
  type: 'news'
  topic: string
  /** What the topic's module says about it; never more than the listener may see. */
  about: Record<string, unknown>
  at: string
}
export interface LiveHello {
  type: 'hello'
  /** The server's clock. */
  at: string
}
export type LiveWord = LiveNews | LiveHello

/** What a client may ask for. */
export type LiveWish =
  | {
      type: 'watch'
      /** What lies inside this box, or nothing. */
      box: [west: number, south: number, east: number, north: number] | null
      /** Where it is too much and is counted: of these kinds (bits). */
      kinds?: number
      /** All of it again, not what changed. */
      anew?: boolean
    }
  /** News of one public topic, `report/<code>`; needs no sign-in. */
  | { type: 'follow'; topic: string }
