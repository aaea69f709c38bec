/** Areas, cells and how a place is said (domain §2.1, §2.8). Pure. */

export * from './components/model.ts'
export { numberOf, numeralSigns } from './geocode/model/numerals.ts'
export * from './geocode/model.ts'
export * from './grid/model.ts'

export const levels = ['city', 'district', 'street', 'community', 'cell'] as const
export type Level = (typeof levels)[number]

/** Digits of the code at each level: 6 district + 3 street + 3 community + 3 sequence (DB11, GB/T 30428.1). */
export const codeDigits: Record<Level, number> = { city: 6, district: 6, street: 9, community: 12, cell: 15 }

/** WGS84 / CGCS2000 degrees; the two differ by centimetres. */
export interface Point {
  lon: number
  lat: number
}

/** A point's place in the city; codes nest, so `cell` begins with `street`. */
export interface Place {
  cell: string
  community: string
  street: string
  district: string
}

/** Eight directions, as `bearing / 45`. */
export const directions = [
  'north',
  'north-east',
  'east',
  'south-east',
  'south',
  'south-west',
  'west',
  'north-west',
] as const
