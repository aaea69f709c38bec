/**
 * What the real request data cannot know: how this city differs from those it was fitted to. Every figure here is an assumption of the
 * demo (示意), kept in one file so that it can be argued about. The fit alone would show three American cities.
 */
import type { Channel, ClassGroup } from './types.ts'

/** Part of the class mix that follows class-notes.csv; the rest follows the real requests. */
export const ownMixPart = 0.8

/** Part of the hours and weekdays that follows the patrol rosters below; the rest follows the fit. */
export const ownHourPart = 0.5
/** Inspectors walk all seven days, offices answer on five: the weekend is lifted by this part of an even week. */
export const evenWeekPart = 0.5

/** Limits here are watched by the hour, so a task takes this part of what the fitted requests took of theirs. */
export const limitUsedFactor = 0.6
export const limitUsedMost = 2.5

/** Report volume grows a little from year to year. */
export const yearlyGrowth = 0.04

/** Chance that a report lands where one of its class was made in the last 30 days; chosen so that the measured share meets the fit. */
export const returnChance = 0.22

const hours = (text: string): readonly number[] => text.trim().split(/\s+/).map(Number)

//                      0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23
const patrol = hours('.2 .1 .1 .1 .1 .4 2 5 9 10 9 7 3 3 8 9 8 6 4 3 2 1.2 .6 .3')
const evening = hours('.5 .2 .1 .1 .1 .3 2 4 4 4 3.5 4 4 3 3 3.5 6 14 15 8 5 3 1.5 .8')
const weekendStreet = hours('.5 .2 .1 .1 .1 .3 1 3 5 6 7 7 6 5 5 6 7 8 8 7 5 3 1.5 .8')
const night = hours('11 9 6 4 3 4 5 2 1.5 1.5 1.5 1.5 2 2 1.5 1.5 1.5 2 3 5 7 9 12 13')
const rush = hours('.8 .5 .3 .2 .3 .6 3 9 10 6 5 5 4 4 5 5 6 9 9 6 4 3 2 1.2')

/** Hours of the day by group; `street_order` has its own for weekends. */
export function rosterHours(group: ClassGroup, weekend: boolean): readonly number[] {
  if (group === 'street_order') return weekend ? weekendStreet : evening
  if (group === 'noise') return night
  return group === 'vehicle' ? rush : patrol
}

//                       J F M A M J J A S O N D
const even = hours('1 1 1 1 1 1 1 1 1 1 1 1')
const seasons: Readonly<Record<string, readonly number[]>> = {
  'event:0112': hours('.8 .8 .9 1 .9 .8 .8 .8 .9 1.5 2.4 1.1'), // leaves
  'event:0118': hours('.3 .4 1 1 .8 .8 .8 .8 .9 1.8 3.2 1'),
  'event:0107': hours('.6 .6 1 1.2 1.3 1.2 1.1 1.1 1.2 1 .8 .6'),
  'event:0120': hours('1.5 1.2 1.2 1.8 .6 .4 .4 .4 .5 1 1.6 1.4'),
  'event:0121': hours('0 0 .2 .8 1.8 2.4 2.4 2.2 1.4 .6 .1 0'),
  'event:0125': hours('.2 .2 .6 1 1.3 1.7 2 2 1.3 .9 .5 .2'),
  'event:0129': hours('.1 .1 .3 .8 1.6 2.2 2.4 2.2 1.4 .7 .2 .1'),
  'event:0189': hours('.6 .6 .8 1 1.2 1.5 1.6 1.6 1.2 .9 .7 .6'),
  'event:0301': hours('.6 .4 1 1.2 1.3 1.2 1 1 1.2 1.2 1 .8'),
  'event:0304': hours('.5 .5 1.6 1.8 1.5 1 .7 .7 1 1.3 1.2 .6'),
  'event:0401': hours('.6 .5 .9 1 1.2 1.4 1.4 1.3 1.1 1 .8 .7'),
  'event:0503': hours('.8 .8 .8 .9 1 1.5 2 1.8 1 .8 .8 .8'),
  'event:0504': hours('2.5 2 1 0 0 0 0 0 0 .3 2.5 2.7'),
  'event:0109': hours('.1 .1 .3 .6 1.2 2.4 3 2.6 1.2 .4 .1 .1'),
}
export const seasonOf = (classKey: string): readonly number[] => seasons[classKey] ?? even

/** Classes that occur only, or more, on days of cloudburst or snow: how many ordinary days one such day is worth. */
export const stormLift: Readonly<Record<string, number>> = {
  'event:0506': Number.POSITIVE_INFINITY,
  'event:0503': 8,
  'event:0307': 4,
  'event:0596': 6,
  'component:0402': 10,
  'component:0104': 8,
  'component:0306': 5,
}
export const snowLift: Readonly<Record<string, number>> = { 'event:0507': Number.POSITIVE_INFINITY }

/** Channels over all reports: inspectors first, yet no longer alone. */
export const channelMix = {
  inspector: 0.58,
  hotline: 0.19,
  citizen: 0.07,
  video: 0.05,
  patrol: 0.025,
  transfer: 0.02,
  grid: 0.02,
  sensor: 0.015,
  utility: 0.008,
  opinion: 0.004,
  self_check: 0.004,
  survey: 0.004,
  open311: 0.004,
  uav: 0.003,
  instruction: 0.003,
} as const satisfies Record<Channel, number>

const indoors: readonly Channel[] = ['inspector', 'patrol', 'grid', 'survey', 'uav']

/** How a channel's weight changes with what is reported and when. */
/** What the monitors and level gauges of the city can tell by themselves. */
const sensed: readonly string[] = ['event:0301', 'event:0304', 'event:0503', 'event:0506', 'event:0128']

export function channelFactor(
  channel: Channel,
  { group, key }: { group: ClassGroup; key: string },
  hour: number,
): number {
  const dark = hour >= 21 || hour < 6
  if (indoors.includes(channel)) return (dark ? 0.04 : 1) * (group === 'noise' ? 0.12 : 1)
  if (channel === 'sensor') return sensed.includes(key) ? 18 : 0
  if (channel === 'video') return ['litter', 'street_order', 'vehicle', 'water', 'snow'].includes(group) ? 1.4 : 0
  if (channel === 'utility') return group === 'facility' || group === 'water' ? 3 : 0
  if (channel === 'self_check') return group === 'street_order' || group === 'litter' ? 1 : 0
  return group === 'noise' ? 3 : 1
}

/**
 * The weekly peak that the demo day talks about: vendors at two station exits on Thursdays from 17 to 19, more of them each year.
 * `yearWeights` are this spring, last spring, the spring before.
 */
export const thursdayPeak = {
  key: 'event:0401',
  part: 0.08,
  spots: ['东直门站', '雍和宫站'],
  weeks: 10,
  yearWeights: [1.4, 1, 0.85],
} as const

export type SpotKind = 'metro' | 'market' | 'nightlife' | 'scenic' | 'station' | 'hospital' | 'site'

interface Pull {
  /** Part of the reports of the group that gather at hot spots. */
  readonly part: number
  readonly to: Readonly<Partial<Record<SpotKind, number>>>
}

const scattered: Pull = { part: 0.12, to: { metro: 1, market: 1, scenic: 1, hospital: 1, station: 1 } }
const pulls: Readonly<Partial<Record<ClassGroup, Pull>>> = {
  street_order: { part: 0.5, to: { metro: 4, market: 3, nightlife: 1.5, scenic: 1, hospital: 1.5, station: 2 } },
  vehicle: { part: 0.35, to: { metro: 3, hospital: 3, scenic: 1, market: 1.5, station: 2, nightlife: 1 } },
  noise: { part: 0.45, to: { nightlife: 3, scenic: 1, market: 0.3 } },
  litter: { part: 0.22, to: { market: 3, metro: 1.5, nightlife: 2, scenic: 1, station: 1 } },
  advert: { part: 0.35, to: { metro: 3, hospital: 2, market: 1, station: 2 } },
  construction: { part: 0.75, to: { site: 1 } },
  snow: { part: 0.3, to: { metro: 2, hospital: 2, station: 1 } },
}
export const pullOf = (group: ClassGroup): Pull => pulls[group] ?? scattered
