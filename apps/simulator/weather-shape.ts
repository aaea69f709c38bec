/** Wind, rain and dust over the simulated city: one weather for all, a little different at each site. Pure, by seed. */
import { HOUR, legalDayOf, MINUTE, secondOfLegalDay } from '@pentad/platform/time'
import { chanceOf } from './random.ts'

/**
 * Four years of twelve stations in Beijing, hour by hour: figures read off 420,768 rows of the UCI Beijing Multi-Site Air Quality data
 * (CC BY 4.0). What is simulated is ours, made by these figures.
 */
export const measuredAir = {
  /** m/s: median of each hour; a tenth of all hours is calmer than the first, a tenth windier than the second. */
  hourlyWind: [
    1.1, 1.1, 1.1, 1.1, 1, 1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 1.9, 2.1, 2.1, 2.1, 2.1, 1.9, 1.6, 1.4, 1.3, 1.2, 1.2, 1.2,
  ],
  windTenths: [0.6, 3.4],
  /** Share of hours in which it rains, January to December; millimetres of such an hour: median, upper tenth. */
  monthlyRainShare: [0.002, 0.023, 0.009, 0.022, 0.036, 0.073, 0.087, 0.05, 0.083, 0.038, 0.043, 0.004],
  rainOfHourMm: [0.5, 3.6],
  /** µg/m³, medians by hour and over all. */
  hourlyPm10: [91, 87, 84, 80, 76, 72, 71, 73, 78, 80, 79, 75, 72, 70, 69, 71, 75, 80, 87, 94, 100, 102, 99, 96],
  hourlyPm25: [62, 61, 60, 58, 57, 54, 53, 52, 53, 54, 53, 51, 50, 49, 48, 47, 47, 49, 52, 56, 61, 62, 62, 62],
  /** Its logarithm spreads by so much, and is forgotten after a day: 0.95 at an hour's distance, 0.33 at a day's. */
  dustSpread: 1.16,
} as const

/** About normal with a spread of one, and never beyond 2.5. */
const swing = (...words: readonly (string | number)[]): number =>
  Math.max(-2.5, Math.min(2.5, (chanceOf(...words) + chanceOf(...words, 1) + chanceOf(...words, 2) - 1.5) * 2))
/** Swings that follow one another smoothly, each so long. */
function drifting(seed: number, what: string, at: Date, everyMs: number): number {
  const knot = Math.floor(at.getTime() / everyMs)
  const smooth = (1 - Math.cos((at.getTime() / everyMs - knot) * Math.PI)) / 2
  return swing(seed, what, knot) * (1 - smooth) + swing(seed, what, knot + 1) * smooth
}
const ofHour = (hourly: readonly number[], at: Date): number => {
  // The median of an hour stands for its middle.
  const hours = (secondOfLegalDay(at) / 3600 + 23.5) % 24
  const from = Math.floor(hours)
  const [a = 0, b = 0] = [hourly[from], hourly[(from + 1) % 24]]
  return a + (b - a) * (hours - from)
}
const tenth = (value: number): number => Math.round(value * 10) / 10

/** Of the logarithm: how far the upper tenth lies above the median in spreads of a normal. */
const windSpread = Math.log(measuredAir.windTenths[1] / 1.4) / 1.2816
const rainSpread = Math.log(measuredAir.rainOfHourMm[1] / measuredAir.rainOfHourMm[0]) / 1.2816

/** Rain comes in spells of three hours; in so many of a month's hours it rains. */
const spellMs = 3 * HOUR
function rainPerHour(seed: number, at: Date): number {
  const spell = Math.floor(at.getTime() / spellMs)
  const month = Number(legalDayOf(at).slice(5, 7))
  if (chanceOf(seed, 'rain', spell) >= (measuredAir.monthlyRainShare[month - 1] ?? 0)) return 0
  const hour = Math.floor(at.getTime() / HOUR)
  return measuredAir.rainOfHourMm[0] * Math.exp(rainSpread * swing(seed, 'how-much', hour))
}
/** Millimetres that fell between two instants. */
export function rainBetween(seed: number, from: Date, until: Date): number {
  let sum = 0
  for (let at = from.getTime(); at < until.getTime(); at += 10 * MINUTE)
    sum += rainPerHour(seed, new Date(at)) * (Math.min(until.getTime() - at, 10 * MINUTE) / HOUR)
  return sum
}

/** What a site's mast tells of the minute that begins at `at`: wind speed and direction, rain in millimetres, PM10 and PM2.5. */
export function weatherAt({ seed, mn }: { seed: number; mn: string }, at: Date): Record<string, number> {
  const minute = Math.floor(at.getTime() / MINUTE)
  // A drift's spread between its knots is smaller than at them.
  const wind = ofHour(measuredAir.hourlyWind, at) * Math.exp(windSpread * 1.15 * drifting(seed, 'wind', at, 5 * HOUR))
  const gusts = 0.85 + 0.3 * chanceOf(seed, mn, minute, 'wind')
  const direction = 180 + 150 * drifting(seed, 'direction', at, 9 * HOUR) + 20 * swing(seed, mn, minute, 'direction')
  const dust = Math.exp(measuredAir.dustSpread * 1.15 * drifting(seed, 'dust', at, 14 * HOUR))
  const ofSite = 0.85 + 0.4 * chanceOf(seed, mn, 'dust')
  const flicker = 1 + 0.06 * swing(seed, mn, minute, 'dust')
  const rain = rainPerHour(seed, at)
  const washed = rain > 0 ? 0.6 : 1
  return {
    a01007: tenth(wind * gusts),
    a01008: Math.round(direction + 720) % 360,
    rain: Math.round((rain / 60) * 1000) / 1000,
    a34002: Math.round(ofHour(measuredAir.hourlyPm10, at) * dust * ofSite * flicker * washed),
    a34004: Math.round(ofHour(measuredAir.hourlyPm25, at) * dust * ofSite * flicker * washed),
  }
}
