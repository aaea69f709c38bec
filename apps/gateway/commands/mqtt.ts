/**
 * Commands over MQTT: one JSON object a command on `devices/ACCOUNT/commands`, its answer on `devices/ACCOUNT/answers`. The form is
 * written down in docs/devices.md.
 */
import { newId } from '@pentad/platform/id'
import type { Order } from '@pentad/sensing'
import type { Heard, Line } from './lines.ts'

export const commandTopic = (login: string): string => `devices/${login}/commands`
export const answerTopic = (login: string): string => `devices/${login}/answers`
/** Whether who listens to this topic hears the commands of the account. */
export const hearsCommands = (login: string, topic: string): boolean =>
  [commandTopic(login), `devices/${login}/#`, `devices/${login}/+`].includes(topic)

const mostBytes = 8192

export const mqttLine = (login: string, publish: (topic: string, payload: string) => void): Line => ({
  ref: newId,
  refsLast: true,
  say(order: Order, ref) {
    const { kind, parameters, expiresAt } = order
    const time = kind === 'set-time' ? { time: new Date().toISOString() } : {}
    publish(
      commandTopic(login),
      JSON.stringify({ id: ref, command: kind, expires: expiresAt.toISOString(), ...parameters, ...time }),
    )
    return true
  },
})

const ends = { done: 'answered', refused: 'refused', failed: 'failed' } as const

/** What an answer says and about which command; undefined when it cannot be read. */
export function mqttHeard(payload: Uint8Array): { ref: string; heard: Heard } | undefined {
  if (payload.length > mostBytes) return undefined
  let said: unknown
  try {
    said = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return undefined
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return undefined
  const { id, result, ...answer } = said as Record<string, unknown>
  if (typeof id !== 'string') return undefined
  if (result === 'accepted') return { ref: id, heard: { kind: 'accepted' } }
  if (typeof result !== 'string' || !Object.hasOwn(ends, result)) return undefined
  return { ref: id, heard: { kind: 'ended', state: ends[result as keyof typeof ends], answer } }
}
