/** Which things change by the clock, minute by minute, so that a million deadlines cost nothing until they come. */
export class Timeline {
  private readonly minutes = new Map<number, number[]>()
  private reached = 0

  add(slot: number, atSeconds: number): void {
    const minute = Math.max(this.reached, Math.floor(atSeconds / 60))
    const slots = this.minutes.get(minute)
    if (slots) slots.push(slot)
    else this.minutes.set(minute, [slot])
  }

  /** Calls for every slot whose time may have come; those of the minute that runs are asked again until it is over. */
  advance(nowSeconds: number, due: (slot: number) => void): void {
    const minute = Math.floor(nowSeconds / 60)
    const from = this.reached
    this.reached = Math.max(from, minute)
    const passed =
      minute - from > this.minutes.size
        ? [...this.minutes.keys()].filter((m) => m <= minute)
        : Array.from({ length: Math.max(0, minute - from + 1) }, (_, i) => from + i)
    for (const m of passed) {
      const slots = this.minutes.get(m)
      if (!slots) continue
      if (m < minute) this.minutes.delete(m)
      for (const slot of slots) due(slot)
    }
  }
}
