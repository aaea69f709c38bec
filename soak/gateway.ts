/** `./pentad soak gateway [--rounds 20]`: kills gateway, server and engine under load; what devices were answered for must be there once. */
import { parseArgs } from 'node:util'
import { campaign, isRight } from './campaign.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    monitors: { type: 'string', default: '60' },
    vehicles: { type: 'string', default: '150' },
    phones: { type: 'string', default: '20' },
    sensors: { type: 'string', default: '40' },
  },
})
const [monitors, vehicles, phones, sensors] = [values.monitors, values.vehicles, values.phones, values.sensors].map(
  Number,
)
const sizes = { monitors: monitors ?? 0, vehicles: vehicles ?? 0, phones: phones ?? 0, sensors: sensors ?? 0 }
console.log(`seed ${values.seed}; devices ${JSON.stringify(sizes)}`)
const result = await campaign({
  rounds: Number(values.rounds),
  sizes,
  seed: Number(values.seed),
  onRound: ({ victim, silentMs }, acknowledged) =>
    console.log(
      `  killed ${victim.padEnd(8)} silent for ${(silentMs / 1000).toFixed(1).padStart(5)} s   acknowledged so far ${acknowledged}`,
    ),
})
const { before, afterPacking } = result
for (const [when, c] of [
  ['as it lies', before],
  ['after packing', afterPacking],
] as const)
  console.log(
    `${when}: ${c.acknowledged} rows acknowledged (${c.different} different), lost ${c.lost.length}, twice ${c.twice.length}, changed ${c.changed.length}; ${c.unanswered} more stored whose answer did not arrive`,
  )
for (const what of [...before.lost, ...before.twice, ...before.changed, ...afterPacking.lost].slice(0, 20))
  console.log(`  ${what}`)
console.log(isRight(result) ? 'everything acknowledged is in the store exactly once' : 'NOT right')
process.exitCode = isRight(result) ? 0 : 1
