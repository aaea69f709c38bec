/** Which numbers a file has had so far, and in which line: twelve bytes each, so that a file of millions fits. */
import { digest } from '@pentad/platform/crypto'

export interface SeenIds {
  /** The line in which the number stood first, or undefined; from now on it has been seen. */
  firstLine: (id: string, line: number) => number | undefined
}

export function seenIds(): SeenIds {
  let size = 1 << 16
  let count = 0
  let high = new Uint32Array(size)
  let low = new Uint32Array(size)
  let lines = new Uint32Array(size)

  /** The slot of a hash, taken or free; lines begin at 1, so 0 is a free slot. */
  const slotOf = (h: number, l: number): number => {
    let slot = h & (size - 1)
    while (lines[slot] !== 0 && (high[slot] !== h || low[slot] !== l)) slot = (slot + 1) & (size - 1)
    return slot
  }
  const grow = () => {
    const old = { high, low, lines }
    size *= 2
    high = new Uint32Array(size)
    low = new Uint32Array(size)
    lines = new Uint32Array(size)
    for (const [i, line] of old.lines.entries()) {
      if (line === 0) continue
      const [h, l] = [old.high[i] ?? 0, old.low[i] ?? 0]
      const slot = slotOf(h, l)
      high[slot] = h
      low[slot] = l
      lines[slot] = line
    }
  }
  return {
    firstLine(id, line) {
      // 64 bits: among ten million numbers two are mistaken for one another once in a hundred thousand files.
      const hash = digest(id)
      const h = Number.parseInt(hash.slice(0, 8), 16)
      const l = Number.parseInt(hash.slice(8, 16), 16)
      const slot = slotOf(h, l)
      if (lines[slot] !== 0) return lines[slot]
      high[slot] = h
      low[slot] = l
      lines[slot] = line
      count++
      if (count > size * 0.6) grow()
      return undefined
    },
  }
}
