/** Numbers that prove themselves: citizens' ids (GB 11643), unified social credit codes (GB 32100), mobile phones. Pure. */

const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const idSigns = '10X98765432'

/** The last sign of an 18-digit id number, from its first 17 digits (ISO 7064 MOD 11-2, as GB 11643-1999 states it). */
export const idCheckSign = (first17: string): string =>
  idSigns[idWeights.reduce((sum, weight, i) => sum + weight * Number(first17[i]), 0) % 11] ?? ''

/** 18 signs, a day of birth that was, and the right last sign. */
export function isIdNumber(text: string): boolean {
  if (!/^[1-9]\d{16}[\dX]$/.test(text)) return false
  const [year, month, day] = [text.slice(6, 10), text.slice(10, 12), text.slice(12, 14)]
  const born = new Date(`${year}-${month}-${day}T00:00:00Z`)
  const real = !Number.isNaN(born.getTime()) && born.toISOString().startsWith(`${year}-${month}-${day}`)
  return real && Number(year) >= 1850 && idCheckSign(text.slice(0, 17)) === text[17]
}

/** Digits and letters without I, O, S, V, Z (GB 32100-2015, table 3). */
export const creditSigns = '0123456789ABCDEFGHJKLMNPQRTUWXY'
/** The last sign from the first 17: weights are powers of 3, modulo 31. */
export function creditCheckSign(first17: string): string {
  let weight = 1
  let sum = 0
  for (const sign of first17) {
    sum += creditSigns.indexOf(sign) * weight
    weight = (weight * 3) % 31
  }
  return creditSigns[(31 - (sum % 31)) % 31] ?? ''
}

/** 18 signs: registry, kind, 6 digits of the district, 9 signs of the body, check sign. */
export const isCreditCode = (text: string): boolean =>
  /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(text) && creditCheckSign(text.slice(0, 17)) === text[17]

/** A mobile phone of mainland China: 11 digits. */
export const isPhone = (text: string): boolean => /^1[3-9]\d{9}$/.test(text)
