/** Answers to what is not in hand here: another gateway said it, or this one before it was started anew. Found by their number. */
import { commandAcceptedAs, commandEndedAs, type KnownDevice } from '@pentad/sensing'
import type { Letter } from './letters.ts'
import type { Heard } from './lines.ts'

/** So many of one device in so many milliseconds are looked up: whoever says more is making them up. */
const mostStrays = 10
const strayMs = 10_000
const mostDevices = 100_000

export function takeStrays(
  post: (letter: Letter) => void,
  workMs: (device: KnownDevice) => number,
): (device: KnownDevice, ref: string, what: Heard) => void {
  const strays = new Map<string, { count: number; until: number }>()
  function may(deviceId: string): boolean {
    const now = Date.now()
    if (strays.size >= mostDevices) strays.clear()
    const there = strays.get(deviceId)
    const mine = there && there.until > now ? there : { count: 0, until: now + strayMs }
    mine.count++
    strays.set(deviceId, mine)
    return mine.count <= mostStrays
  }
  return (device, ref, what) => {
    if ((what.kind !== 'ended' && what.kind !== 'accepted') || !may(device.id)) return
    const at = new Date()
    if (what.kind === 'ended') {
      const { state, answer } = what
      post((tx) => commandEndedAs(tx, device.id, ref, { state, answer }, at))
      return
    }
    const dueAt = new Date(at.getTime() + workMs(device))
    post((tx) => commandAcceptedAs(tx, device.id, ref, { at, dueAt, isNews: true }))
  }
}
