/** House numbers on a road: known ones as they stand, others reckoned between their neighbours on the same side. Pure. */
import type { Plate, Road } from './features.ts'
import type { Reason } from './model.ts'
import type { HouseNumber } from './modifiers.ts'
import { apart, type Spot } from './plane.ts'

export interface HousePlace {
  at: Spot
  sure: number
  reason: Reason
}

/** Undefined where the road has no plates. Odd and even numbers stand on their own sides. */
export function houseOn({ plates }: Road, { number, mark }: HouseNumber): HousePlace | undefined {
  const same = plates.filter((p) => p.number === number)
  const exact = same.find((p) => p.mark === mark) ?? same.find((p) => p.mark === '') ?? same[0]
  if (exact)
    return { at: exact.at, sure: exact.mark === mark ? 0.97 : 0.93, reason: { code: 'plate', about: exact.text } }
  const side = plates.filter((p) => p.number % 2 === number % 2 && p.mark === '')
  const list = side.length >= 2 ? side : plates
  const below = list.findLast((p) => p.number < number)
  const above = list.find((p) => p.number > number)
  if (below && above)
    return {
      at: between(below, above, number),
      sure: 0.9,
      reason: { code: 'plate-between', about: `${below.text}—${above.text}` },
    }
  const last = below ?? above
  if (!last) return undefined
  const beyond = Math.abs(number - last.number)
  return { at: last.at, sure: Math.max(0.55, 0.88 - beyond / 300), reason: { code: 'plate-beyond', about: last.text } }
}

function between(a: Plate, b: Plate, number: number): Spot {
  const t = (number - a.number) / (b.number - a.number)
  return apart(a.at, b.at) === 0 ? a.at : [a.at[0] + (b.at[0] - a.at[0]) * t, a.at[1] + (b.at[1] - a.at[1]) * t]
}
