/** How loud a simulated site is at an instant: the shape of a measured place, work by day, and now and then more than is allowed. Pure, by seed. */
import { DAY, HOUR, legalDayOf, MINUTE, SECOND, secondOfLegalDay } from '@pentad/platform/time'
import { chanceOf } from './random.ts'

/** A site made loud on purpose from an instant on. */
export interface Exceed {
  db: number
  from: Date
  /** In minutes; for ever when left out. */
  forMinutes?: number
}

export interface Site {
  seed: number
  mn: string
  /** It works on for a while each night. */
  loudAtNight?: boolean
  exceed?: Exceed | undefined
}

/**
 * What a class 1 meter heard through eleven days of spring beside a street: figures read off 16,470 minutes and a day of seconds of an
 * open recording (tests of noisemonitor, Apache-2.0). What is simulated is ours, made by these figures.
 */
export const measured = {
  /** Median of the minutes of each hour, dB(A). */
  hourlyMedianDb: [
    46.3, 45.5, 45.3, 45.6, 47.4, 50.3, 51.8, 52.4, 51.1, 50.6, 50.2, 49.8, 49.8, 50.4, 50.6, 50.5, 50.3, 50, 49.8,
    49.5, 48.4, 48, 47.9, 47,
  ],
  /** No minute was quieter. */
  floorDb: 38.2,
  /** Around the median of the hour: minutes drift together over hours (0.64 at an hour's distance), and differ from one to the next. */
  slowSpreadDb: 2.7,
  quickSpreadDb: 1.4,
  /** Minutes that lie 6 dB or more above: so many times a day, for so many minutes, by so much more. */
  burstsPerDay: 31,
  burstMinutes: 1.85,
  burstOverDb: 6,
  burstExcessDb: 1.8,
  /** Of seconds within a minute. */
  withinMinuteSpreadDb: 1.05,
  /** The loudest second over the minute's mean: half are above the first, a tenth above the second. */
  peakOverDb: [3, 7.3],
  mostPeakOverDb: 12,
  /** The mean over the quietest second, likewise. */
  dipUnderDb: [1.8, 4.6],
} as const

/** Sites stand off the street that was measured: by so much they are quieter. Ours. */
const quieterDb = { least: 1, most: 5 }
/** Work on the site from seven to noon and from half past one to half past six, as loud as that at the fence. Ours, not measured. */
const workHours = [
  [7, 12],
  [13.5, 18.5],
] as const
const workDb = { least: 57, most: 62 }
/** A quiet site's bangs at night stay below what is an alarm by themselves. Ours. */
const nightPeakCeilingDb = 68

const tenth = (level: number): number => Math.round(level * 10) / 10
const energyMean = (levels: readonly number[]): number =>
  10 * Math.log10(levels.reduce((sum, l) => sum + 10 ** (l / 10), 0) / levels.length)
const energySum = (a: number, b: number): number => 10 * Math.log10(10 ** (a / 10) + 10 ** (b / 10))
/** About normal with a spread of one, and never beyond 2.5. */
const swing = (...words: readonly (string | number)[]): number =>
  Math.max(-2.5, Math.min(2.5, (chanceOf(...words) + chanceOf(...words, 1) + chanceOf(...words, 2) - 1.5) * 2))
/** Whose median and upper tenth are those. */
const skewed = ([median, upper]: readonly [number, number], z: number): number =>
  median * (upper / median) ** (z / 1.2816)

const hoursOf = (at: Date): number => secondOfLegalDay(at) / 3600
/** The median of an hour stands for its middle. */
function medianAt(hours: number): number {
  const since = (hours + 23.5) % 24
  const from = Math.floor(since)
  const [a = 46, b = 46] = [measured.hourlyMedianDb[from], measured.hourlyMedianDb[(from + 1) % 24]]
  return a + (b - a) * (since - from)
}

/** Knots of the slow drift lie so far apart, in minutes. */
const driftMinutes = 75
function driftAt({ seed, mn }: Site, minute: number): number {
  const knot = Math.floor(minute / driftMinutes)
  const share = minute / driftMinutes - knot
  const smooth = (1 - Math.cos(share * Math.PI)) / 2
  const [a, b] = [swing(seed, mn, 'drift', knot), swing(seed, mn, 'drift', knot + 1)]
  // Between two knots the spread is smaller than at them.
  return (a + (b - a) * smooth) * measured.slowSpreadDb * 1.15
}

const longestBurst = 8
/** By how much a minute is above the rest; 0 for most. */
function burstAt({ seed, mn }: Site, minute: number): number {
  const goesOn = 1 - 1 / measured.burstMinutes
  for (let ago = 0; ago < longestBurst; ago++) {
    const begin = minute - ago
    if (chanceOf(seed, mn, 'burst', begin) >= measured.burstsPerDay / 1440) continue
    let lasts = 1
    while (lasts < longestBurst && chanceOf(seed, mn, 'goes-on', begin, lasts) < goesOn) lasts++
    if (lasts <= ago) continue
    const excess = -Math.log(1 - chanceOf(seed, mn, 'excess', minute) * 0.99) * measured.burstExcessDb
    return measured.burstOverDb + excess
  }
  return 0
}

function backgroundAt(site: Site, minute: number, at: Date): number {
  const { seed, mn } = site
  const burst = burstAt(site, minute)
  const level =
    medianAt(hoursOf(at)) -
    (quieterDb.least + chanceOf(seed, mn) * (quieterDb.most - quieterDb.least)) +
    // A burst is above the hour's median, not above the drift.
    (burst > 0 ? burst : driftAt(site, minute) + swing(seed, mn, 'quick', minute) * measured.quickSpreadDb)
  return Math.max(measured.floorDb, level)
}

/** The mean level of the minute, without what is made loud on purpose. */
function meanAt(site: Site, minute: number, at: Date): number {
  const { seed, mn } = site
  const background = backgroundAt(site, minute, at)
  const hours = hoursOf(at)
  if (!workHours.some(([from, until]) => hours >= from && hours < until)) return background
  const ofSite = workDb.least + chanceOf(seed, mn, 'work') * (workDb.most - workDb.least)
  return energySum(background, ofSite + swing(seed, mn, 'work', minute) * 1.5)
}

/** Each night from some minute between 22:40 and 23:40, for 40 minutes. */
const nightWorkMinutes = 40
const nightWorkDb = 66

export function worksAtNight({ seed, mn }: Site, at: Date): boolean {
  // The night is that of the day before midnight.
  const day = legalDayOf(new Date(at.getTime() - 12 * HOUR))
  const begin = Date.parse(`${day}T22:40:00+08:00`) + Math.floor(chanceOf(seed, mn, day, 'night') * 60) * MINUTE
  return at.getTime() >= begin && at.getTime() < begin + nightWorkMinutes * MINUTE
}

/** One second of a site, dB(A). */
export function levelAt(site: Site, at: Date): number {
  const { seed, mn } = site
  const second = Math.floor(at.getTime() / SECOND)
  const jitter = (chanceOf(seed, mn, second) - 0.5) * 3
  const loud = madeLoudAt(site, at, jitter)
  if (loud !== undefined) return loud
  const level =
    meanAt(site, Math.floor(second / 60), at) + swing(seed, mn, 'second', second) * measured.withinMinuteSpreadDb
  return tenth(Math.max(measured.floorDb, level))
}

/** Made loud by the caller, or by work at night. */
function madeLoudAt(site: Site, at: Date, jitter: number): number | undefined {
  const { exceed } = site
  const since = exceed ? at.getTime() - exceed.from.getTime() : -1
  if (exceed && since >= 0 && (exceed.forMinutes === undefined || since < exceed.forMinutes * MINUTE))
    return tenth(exceed.db + jitter / 3)
  return site.loudAtNight && worksAtNight(site, at) ? tenth(nightWorkDb + jitter) : undefined
}

export interface MinuteLevels {
  leq: number
  max: number
  min: number
}
/** The record of the minute that begins at `from`. */
export function minuteAt(site: Site, from: Date): MinuteLevels {
  const { seed, mn, exceed } = site
  const minute = Math.floor(from.getTime() / MINUTE)
  const samples = Array.from({ length: 6 }, (_, i) => new Date(from.getTime() + i * 10 * SECOND))
  const loud = samples.map((at) => madeLoudAt(site, at, (chanceOf(seed, mn, at.getTime() / SECOND) - 0.5) * 3))
  if (loud.some((level) => level !== undefined)) {
    const levels = samples.map((at, i) => loud[i] ?? levelAt(site, at))
    // Work bangs: what is loud on average is much louder for a moment.
    const bang = 6 + chanceOf(seed, mn, from.getTime(), 'bang') * 3
    const max = Math.max(...levels) + (exceed ? 2 : bang)
    return { leq: tenth(energyMean(levels)), max: tenth(max), min: Math.min(...levels) }
  }
  const leq = meanAt(site, minute, from)
  const over = Math.min(measured.mostPeakOverDb, skewed(measured.peakOverDb, swing(seed, mn, 'peak', minute)))
  const under = skewed(measured.dipUnderDb, swing(seed, mn, 'dip', minute))
  const hours = hoursOf(from)
  const ceiling = hours >= 22 || hours < 6 ? Math.max(nightPeakCeilingDb, leq) : Number.POSITIVE_INFINITY
  return {
    leq: tenth(leq),
    max: tenth(Math.min(ceiling, leq + over)),
    min: tenth(Math.max(measured.floorDb, leq - under)),
  }
}

/** The beginnings of the whole minutes before an instant, oldest first. */
export function minutesBefore(at: Date, count: number): Date[] {
  const end = Math.floor((at.getTime() % DAY) / MINUTE) * MINUTE + Math.floor(at.getTime() / DAY) * DAY
  return Array.from({ length: count }, (_, i) => new Date(end - (count - i) * MINUTE))
}
