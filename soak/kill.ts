/** `./pentad soak kill [ROUNDS]`: pulls the plug again and again (20 times unless told). */
import { drill } from './drill.ts'

const result = await drill(Number(process.argv[2] ?? 20))
console.log(result)
const right =
  !result.lost.length && !result.twice.length && !result.brokenTrails.length && result.timersFired === result.rounds * 2
console.log(right ? 'nothing acknowledged was lost or doubled; every timer fired once' : 'NOT right')
process.exitCode = right ? 0 : 1
