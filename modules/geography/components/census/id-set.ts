/** Ids seen and where, for millions of them in a few bytes each: a hash table in two typed arrays. Pure. */

/** 16 digits beginning with 1–8 stay below 2^53, so a number holds them exactly; 0 marks an empty slot. */
export class IdSet {
  #ids = new Float64Array(1024)
  #lines = new Uint32Array(1024)
  size = 0

  /** Keeps the id with its line; the line on which it came before, where it did. */
  add(id: string, line: number): number | undefined {
    if (this.size * 2 >= this.#ids.length) this.#grow()
    const number = Number(id)
    const at = this.#slotOf(number)
    if (this.#ids[at] === number) return this.#lines[at]
    this.#ids[at] = number
    this.#lines[at] = line
    this.size++
    return undefined
  }

  has(id: string): boolean {
    return this.#ids[this.#slotOf(Number(id))] === Number(id)
  }

  #slotOf(number: number): number {
    const mask = this.#ids.length - 1
    // Serials follow one another: both halves are mixed, so that neighbours do not crowd.
    let hash = Math.imul(number % 0x1_0000_0000, 0x9e3779b1) ^ Math.imul(Math.floor(number / 0x1_0000_0000), 0x85ebca6b)
    hash ^= hash >>> 15
    let at = hash & mask
    while (this.#ids[at] !== 0 && this.#ids[at] !== number) at = (at + 1) & mask
    return at
  }

  #grow(): void {
    const [ids, lines] = [this.#ids, this.#lines]
    this.#ids = new Float64Array(ids.length * 2)
    this.#lines = new Uint32Array(ids.length * 2)
    for (const [i, id] of ids.entries()) {
      if (id === 0) continue
      const at = this.#slotOf(id)
      this.#ids[at] = id
      this.#lines[at] = lines[i] ?? 0
    }
  }
}
