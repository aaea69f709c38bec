/** `./pentad soak fuzz [--minutes 5]`: both device codecs under streams that are cut, damaged and mixed with rubbish. */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { type FuzzCount, hj212Property, jt808Property, nothing } from './fuzzing.ts'

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' } } })
const until = performance.now() + Number(values.minutes) * 60_000
let seed = Number(values.seed ?? Date.now() % 2 ** 31)
console.log(`seed ${seed}`)
const runsAtOnce = 500
const counts: Record<string, FuzzCount> = { 'HJ 212': nothing(), 'JT/T 808': nothing() }
const cpuMs: Record<string, number> = { 'HJ 212': 0, 'JT/T 808': 0 }
const properties = { 'HJ 212': hj212Property, 'JT/T 808': jt808Property }
let highestMiB = 0
while (performance.now() < until) {
  for (const [name, property] of Object.entries(properties)) {
    const before = process.cpuUsage()
    // A failure is thrown with its seed and its smallest example.
    fc.assert(property(counts[name] ?? nothing()), { numRuns: runsAtOnce, seed: seed++ })
    const { user, system } = process.cpuUsage(before)
    cpuMs[name] = (cpuMs[name] ?? 0) + (user + system) / 1000
  }
  highestMiB = Math.max(highestMiB, process.memoryUsage().rss / 2 ** 20)
}
for (const [name, { streams, frames, refused, bytes }] of Object.entries(counts))
  console.log(
    `${name}: ${streams} streams, ${frames} frames read, ${refused} refused, ${(bytes / 2 ** 20).toFixed(0)} MiB, ${((cpuMs[name] ?? 0) / 1000).toFixed(0)} s of processor with making them`,
  )
console.log(
  `highest memory ${highestMiB.toFixed(0)} MiB; no crash, no buffer above one frame, every good frame behind was found`,
)
