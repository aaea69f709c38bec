/** What sensors at the city's facilities measure: covers of manholes, water under bridges, litter bins. Ours, by seed. Pure. */
import { HOUR, MINUTE, secondOfLegalDay } from '@pentad/platform/time'
import { chanceOf } from './random.ts'
import { rainBetween } from './weather-shape.ts'

export const facilities = ['cover', 'level', 'bin'] as const
export type Facility = (typeof facilities)[number]

export function facilityAt(facility: Facility, seed: number, login: string, at: Date): Record<string, number> {
  const battery = Math.round(60 + 40 * chanceOf(seed, login, 'battery') - ((at.getTime() / (24 * HOUR)) % 20))
  if (facility === 'cover') return { ...coverAt(seed, login, at), battery }
  if (facility === 'level') return { level: levelAt(seed, login, at), battery }
  return { fill: fillAt(seed, login, at), battery }
}

const openMinutes = 25
/** Some cover is lifted for work once in some forty days, by day, for a while; else it lies still. */
function coverAt(seed: number, login: string, at: Date): { tilt: number; 'cover-open': number } {
  const day = Math.floor((at.getTime() + 8 * HOUR) / (24 * HOUR))
  const begin = 9 * 60 + Math.floor(chanceOf(seed, login, day, 'begin') * 480)
  const minute = secondOfLegalDay(at) / 60
  const lifted = chanceOf(seed, login, day, 'lifted') < 1 / 40 && minute >= begin && minute < begin + openMinutes
  const still = chanceOf(seed, login, Math.floor(at.getTime() / MINUTE)) * 1.5
  return { tilt: tenth(lifted ? 55 + still * 10 : still), 'cover-open': lifted ? 1 : 0 }
}

/** Metres of water: a few centimetres stand, rain of the last two hours adds to them. */
function levelAt(seed: number, login: string, at: Date): number {
  const standing = 0.04 + chanceOf(seed, login, 'standing') * 0.06
  const drains = 0.004 + chanceOf(seed, login, 'drains') * 0.01
  const rain = rainBetween(seed, new Date(at.getTime() - 2 * HOUR), at)
  return Math.round((standing + rain * drains + chanceOf(seed, login, at.getTime()) * 0.004) * 1000) / 1000
}

/** Percent: filled faster by day, emptied at five and at two in the afternoon. */
function fillAt(seed: number, login: string, at: Date): number {
  const hours = (secondOfLegalDay(at) / 3600 + 24 - 5) % 24
  const sinceEmptied = hours < 9 ? hours : hours - 9
  const perHour = 4 + chanceOf(seed, login, 'pace') * 5
  const asleep = hours >= 17 ? 0.35 : 1
  return Math.min(100, Math.round(5 + sinceEmptied * perHour * asleep + chanceOf(seed, login, at.getTime()) * 2))
}

const tenth = (value: number): number => Math.round(value * 10) / 10
