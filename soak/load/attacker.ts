/** An attacker in a process of its own, at the lowest priority: a stranger has a machine of his own. */
import { constants, setPriority } from 'node:os'
import { type Attack, type AttackName, attack, type Force, type Target } from '../attacks.ts'

export interface AttackOrder {
  name: AttackName
  target: Target
  force: Force
}
export interface AttackWord {
  done: Record<string, number>
  open: number
}

setPriority(constants.priority.PRIORITY_LOW)
let running: Attack | undefined
setInterval(() => {
  if (running) process.send?.({ done: running.done(), open: running.open() } satisfies AttackWord)
}, 500)
process.on('message', (order: AttackOrder | 'stop') => {
  running?.stop()
  if (order === 'stop') process.exit(0)
  running = attack(order.name, order.target, order.force)
})
process.on('disconnect', () => process.exit(0))
