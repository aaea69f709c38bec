/** The life of a command: asked, said, answered, and what is made of silence. Pure. */

export const commandStates = ['queued', 'sent', 'answered', 'refused', 'failed', 'expired', 'cancelled'] as const
export type CommandState = (typeof commandStates)[number]
/** `by itself`: the platform found a wrong clock or a gap, or the device asked for the time. */
export const commandCauses = ['person', 'clock', 'gap', 'device'] as const
export type CommandCause = (typeof commandCauses)[number]

export interface Waiting {
  state: CommandState
  expiresAt: Date
  /** When an answer is due; null as long as it was never said. */
  dueAt: Date | null
  tries: number
  /** The device has said that it carries it out. */
  accepted: boolean
}

/** A gateway that is alive looks after its own; only what it has left alone for so long is looked at by others, in milliseconds. */
export const leftAloneMs = 15_000

/**
 * What becomes of a command that no gateway looks after: nothing yet, back into the queue, or an end. What was said and not
 * answered may have been done: it is never called expired, but failed for want of an answer.
 */
export function settled(
  { state, expiresAt, dueAt, tries }: Waiting,
  { now, mostTries, repeatable }: { now: Date; mostTries: number; repeatable: boolean },
): 'wait' | 'queue' | 'no-answer' | 'expire' {
  if (state === 'queued') return expiresAt > now ? 'wait' : tries > 0 ? 'no-answer' : 'expire'
  if (state !== 'sent' || dueAt === null || dueAt.getTime() + leftAloneMs > now.getTime()) return 'wait'
  return repeatable && tries < mostTries && expiresAt > now ? 'queue' : 'no-answer'
}
