/** Measures in words. Pure. */
import { language, type Say } from '@pentad/web/i18n.ts'

const number = (n: number, digits: number): string =>
  new Intl.NumberFormat(language.value, { maximumFractionDigits: digits }).format(n)

/** “836 m”, “1.24 km”. */
export const sayLengthM = (m: number, say: Say): string =>
  m < 1000 ? say('map.unit_.m', { n: number(m, m < 100 ? 1 : 0) }) : say('map.unit_.km', { n: number(m / 1000, 2) })
/** “4,810 m²”, “12.6 ha”, “1.83 km²”. */
export const sayArea = (m2: number, say: Say): string =>
  m2 < 10_000
    ? say('map.unit_.m2', { n: number(m2, 0) })
    : m2 < 1_000_000
      ? say('map.unit_.ha', { n: number(m2 / 10_000, 2) })
      : say('map.unit_.km2', { n: number(m2 / 1_000_000, 2) })
/** “116.43350, 39.94050”. */
export const sayPoint = ([lon, lat]: readonly [number, number]): string => `${lon.toFixed(5)}, ${lat.toFixed(5)}`
