/** How far one device may stray from the standard. Strict unless its owner has said otherwise. */

import type { CrcVariant } from './crc.ts'

export type Hj212Profile = {
  /** Variants of the check that are taken; `'none'` takes anything in its place. */
  readonly crc: readonly CrcVariant[]
  /** The `\r\n` after the check may be missing. */
  readonly missingTail: boolean
  /** QN or Flag may be missing, or QN may have other than 17 digits (HJ/T 212-2005 uploads carry neither). */
  readonly missingQnOrFlag: boolean
  /** DataTime may carry milliseconds: 17 digits in place of 14. */
  readonly dataTimeMilliseconds: boolean
  /** The vendor's own factor names, mapped to the codes of appendix B: `{ PM25: 'a34004' }`. */
  readonly vendorFactors: Readonly<Record<string, string>>
}

export const strictProfile: Hj212Profile = {
  crc: ['strict'],
  missingTail: false,
  missingQnOrFlag: false,
  dataTimeMilliseconds: false,
  vendorFactors: {},
}

/** Names often met on dust and noise monitors in place of the codes of appendix B. */
export const commonVendorFactors: Readonly<Record<string, string>> = {
  TSP: 'a34001',
  PM10: 'a34002',
  PM25: 'a34004',
  NOIS: 'LA',
  TEM: 'a01001',
  RH: 'a01002',
  PA: 'a01006',
  WS: 'a01007',
  WD: 'a01008',
}

export function profileOf(partial: Partial<Hj212Profile> = {}): Hj212Profile {
  return { ...strictProfile, ...partial }
}
