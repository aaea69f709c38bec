/** What a caller may see of a store, as one byte for each area code and each unit that occur in it. */
import type { Sight } from '../rights.ts'

export interface Narrowing {
  /** Area prefix. */
  area?: string | undefined
  unit?: string | undefined
}

/** Words by number; the first is for things that have none. */
export class Words {
  readonly list: string[] = ['']
  private readonly index = new Map<string, number>([['', 0]])
  of(word: string | null): number {
    if (word === null) return 0
    let i = this.index.get(word)
    if (i === undefined) {
      i = this.list.push(word) - 1
      this.index.set(word, i)
    }
    return i
  }
  find = (word: string): number => this.index.get(word) ?? -1
}

/** `sight` null sees everything. Grows with the words of its store. */
export class Mask {
  area: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  unit: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  /** Where the request is narrowed: what must hold besides. */
  inArea: Uint8Array<ArrayBuffer> | null = null
  unitWanted = -1
  private upToArea = 0
  private upToUnit = 0
  private readonly sight: Sight | null
  private readonly narrowing: Narrowing

  constructor(sight: Sight | null, narrowing: Narrowing = {}) {
    this.sight = sight
    this.narrowing = narrowing
  }

  renew(areas: Words, units: Words): this {
    const { sight, narrowing } = this
    const everything = sight === null || sight.areas.includes('')
    if (this.upToArea < areas.list.length) {
      this.area = grown(this.area, areas.list.length)
      if (narrowing.area !== undefined) this.inArea = grown(this.inArea ?? new Uint8Array(0), areas.list.length)
      for (let i = this.upToArea; i < areas.list.length; i++) {
        const code = areas.list[i] ?? ''
        this.area[i] = everything || (i > 0 && sight.areas.some((prefix) => code.startsWith(prefix))) ? 1 : 0
        if (this.inArea) this.inArea[i] = i > 0 && code.startsWith(narrowing.area ?? '') ? 1 : 0
      }
      this.upToArea = areas.list.length
    }
    if (this.upToUnit < units.list.length) {
      this.unit = grown(this.unit, units.list.length)
      for (let i = Math.max(1, this.upToUnit); i < units.list.length; i++) {
        this.unit[i] = sight?.units.includes(units.list[i] ?? '') ? 1 : 0
      }
      this.upToUnit = units.list.length
    }
    // A unit that does not occur is no unit's number.
    this.unitWanted = narrowing.unit === undefined ? -1 : Math.max(0, units.find(narrowing.unit)) || -2
    return this
  }

  /** Nothing is left out: no thing needs to be looked at. */
  get isEverything(): boolean {
    const { sight, inArea, unitWanted } = this
    return (sight === null || sight.areas.includes('')) && inArea === null && unitWanted === -1
  }

  shows(area: number, unit: number): boolean {
    return (
      (this.area[area] === 1 || this.unit[unit] === 1) &&
      (this.inArea === null || this.inArea[area] === 1) &&
      (this.unitWanted === -1 || this.unitWanted === unit)
    )
  }
}

function grown(from: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length)
  larger.set(from)
  return larger
}
