/** Is the point inside the ring? Even–odd rule, in whatever plane both are given. */
export function insideRing([x, y]: readonly [number, number], ring: readonly (readonly [number, number])[]): boolean {
  let within = false
  ring.forEach(([x1, y1], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length] ?? [x1, y1]
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) within = !within
  })
  return within
}
