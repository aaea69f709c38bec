/** What the wall shows next: the whole city, then one urgent case after the other, by the clock alone, so that it never stops. Pure. */
export const stepSeconds = 20

/** Which of the stops is up; 0 is the whole city, and every other stop returns there. */
export function stopAt(now: Date, stops: number): number {
  if (stops === 0) return 0
  const tick = Math.floor(now.getTime() / 1000 / stepSeconds)
  return tick % 2 === 0 ? 0 : 1 + (Math.floor(tick / 2) % stops)
}
