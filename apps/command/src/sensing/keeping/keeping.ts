/** Sizes in words. Pure. */
import type { Language } from '@pentad/web/i18n.ts'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** 1 536 000 as “1.5 MB”: three figures at most, whole bytes below a kilobyte. */
export function sayBytes(bytes: number, language: Language): string {
  let [left, unit] = [bytes, 0]
  while (left >= 999.5 && unit < units.length - 1) {
    left /= 1000
    unit++
  }
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'narrow' : 'short',
    maximumSignificantDigits: 3,
  }).format(left)
}
