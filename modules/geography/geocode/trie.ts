/** Names by their signs, letters or syllables; walked along a text it finds every name that begins at a place. Pure. */
interface Node {
  next: Map<string, Node> | undefined
  values: number[] | undefined
}
const empty = (): Node => ({ next: undefined, values: undefined })

export class Trie {
  readonly #root = empty()

  add(key: Iterable<string>, value: number): void {
    let node = this.#root
    for (const sign of key) {
      node.next ??= new Map()
      let child = node.next.get(sign)
      if (!child) {
        child = empty()
        node.next.set(sign, child)
      }
      node = child
    }
    if (node === this.#root) return
    node.values ??= []
    if (!node.values.includes(value)) node.values.push(value)
  }

  /** Every name beginning at `from`: `end` is the place after its last sign. `skips` signs are passed over inside a name. */
  walk(
    signs: readonly string[],
    from: number,
    found: (end: number, values: readonly number[]) => void,
    skip?: string,
  ): void {
    let node: Node | undefined = this.#root
    for (let i = from; i < signs.length; i++) {
      const sign = signs[i] as string
      if (sign === skip && i > from) continue
      node = node.next?.get(sign)
      if (!node) return
      if (node.values) found(i + 1, node.values)
    }
  }

  /** Values below a beginning, nearest first. */
  below(start: readonly string[], most: number, skip?: string): number[] {
    let node: Node | undefined = this.#root
    for (const sign of start) {
      if (sign === skip) continue
      node = node.next?.get(sign)
      if (!node) return []
    }
    const values: number[] = []
    let level: Node[] = [node]
    while (level.length && values.length < most) {
      const next: Node[] = []
      for (const n of level) {
        for (const v of n.values ?? []) if (!values.includes(v) && values.length < most) values.push(v)
        if (n.next) next.push(...n.next.values())
      }
      level = next
    }
    return values
  }
}
