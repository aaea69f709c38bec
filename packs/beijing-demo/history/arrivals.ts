/** When which class is reported: the mix of classes, the season of each, the weekday, the hour. */
import { type Random, seededRandom, weighted } from '../random.ts'
import type { ClassNode, Pack, Standard } from '../types.ts'
import { dayMs, holidayName, hourMs, midnight, monthOf, weekdayOf } from './clock.ts'
import { groupOf } from './groups.ts'
import * as overlay from './overlay.ts'
import type { Channel, ClassGroup, GroupShape } from './types.ts'

/** A class as the generator knows it. */
export interface Trade {
  readonly node: ClassNode
  readonly key: string
  readonly group: ClassGroup
  readonly shape: GroupShape
  readonly rows: readonly Standard[]
  readonly weight: number
}

export interface ClassNote {
  readonly key: string
  readonly weight: number
  readonly phrases: readonly string[]
}

/** Weight of a class that nobody made a note of: it occurs, but seldom. */
const seldom = 0.03

export function tradesOf(pack: Pack, notes: readonly ClassNote[]): Trade[] {
  const noted = new Map(notes.map((note) => [note.key, note.weight]))
  const rows = Map.groupBy(pack.standards, (s) => `${s.kind}:${s.code}`)
  const minors = pack.classes.filter((node) => node.parentCode !== null)
  const total = minors.reduce((sum, { kind, code }) => sum + (noted.get(`${kind}:${code}`) ?? seldom), 0)
  return minors.map((node) => {
    const key = `${node.kind}:${node.code}`
    const group = groupOf(node.kind, node.code)
    const own = (noted.get(key) ?? seldom) / total
    const weight = overlay.ownMixPart * own + (1 - overlay.ownMixPart) * (pack.shape.classes[key] ?? 0)
    return { node, key, group, shape: pack.shape.groups[group], rows: rows.get(key) ?? [], weight }
  })
}

export interface Calendarium {
  trade(random: Random): Trade
  /** An instant in the whole span, in milliseconds. */
  moment(trade: Trade, random: Random): number
  channel(trade: Trade, hour: number, random: Random): Channel
}

export function calendarium(
  pack: Pack,
  trades: readonly Trade[],
  span: { fromMs: number; untilMs: number; seed: number },
) {
  const days = daysOf(pack, span)
  const pickTrade = weighted(trades.map((t) => t.weight))
  const pickDay = new Map(trades.map((t) => [t.key, weighted(days.map((day) => dayWeight(t, day)))]))
  const hourPickers = new Map<string, (random: Random) => number>()
  const pickHour = (trade: Trade, weekend: boolean): ((random: Random) => number) => {
    const key = `${trade.group}:${weekend}`
    const known = hourPickers.get(key)
    if (known) return known
    const roster = overlay.rosterHours(trade.group, weekend)
    const total = roster.reduce((a, b) => a + b, 0)
    const mixed = roster.map(
      (r, h) => (overlay.ownHourPart * r) / total + (1 - overlay.ownHourPart) * (trade.shape.hour[h] ?? 0),
    )
    const picker = weighted(mixed)
    hourPickers.set(key, picker)
    return picker
  }
  const channels = Object.keys(overlay.channelMix) as Channel[]
  const channelPickers = new Map<string, (random: Random) => number>()
  return {
    trade: (random) => must(trades[pickTrade(random)]),
    moment: (trade, random) => {
      const day = must(days[must(pickDay.get(trade.key))(random)])
      const hour = pickHour(trade, day.weekday >= 5)(random)
      return day.midnightMs + hour * hourMs + Math.floor(random.next() * 3600) * 1000
    },
    channel: (trade, hour, random) => {
      const key = `${trade.key}:${hour}`
      let picker = channelPickers.get(key)
      if (!picker) {
        picker = weighted(channels.map((c) => overlay.channelMix[c] * overlay.channelFactor(c, trade, hour)))
        channelPickers.set(key, picker)
      }
      return must(channels[picker(random)])
    },
  } satisfies Calendarium
}

interface Day {
  readonly midnightMs: number
  readonly weekday: number
  readonly month: number
  readonly growth: number
  readonly holiday: string | null
  /** Strength of a cloudburst or snowfall; 0 on ordinary days. */
  readonly storm: number
  readonly snow: number
}

function daysOf(pack: Pack, { fromMs, untilMs, seed }: { fromMs: number; untilMs: number; seed: number }): Day[] {
  const weather = seededRandom(seed ^ 0x5eed)
  const days: Day[] = []
  let snowing = 0
  for (let midnightMs = midnight(fromMs) + dayMs; midnightMs < untilMs; midnightMs += dayMs) {
    const month = monthOf(midnightMs)
    const storm =
      month >= 5 && month <= 8 && weather.next() < (month === 6 || month === 7 ? 0.12 : 0.05)
        ? Math.exp(weather.normal())
        : 0
    // What falls today is still swept tomorrow.
    snowing = (month === 11 || month <= 1) && weather.next() < 0.06 ? Math.exp(weather.normal() * 0.6) : snowing * 0.4
    days.push({
      midnightMs,
      month,
      weekday: weekdayOf(midnightMs),
      growth: 1 + (overlay.yearlyGrowth * (midnightMs - fromMs)) / (365 * dayMs),
      holiday: holidayName(pack.calendar, midnightMs),
      storm,
      snow: snowing > 0.1 ? snowing : 0,
    })
  }
  return days
}

function dayWeight(trade: Trade, day: Day): number {
  const { weekday, month } = trade.shape
  const week = (overlay.evenWeekPart / 7 + (1 - overlay.evenWeekPart) * (weekday[day.weekday] ?? 0)) * 7
  const year = (0.5 / 12 + 0.5 * (month[day.month] ?? 0)) * 12 * (overlay.seasonOf(trade.key)[day.month] ?? 1)
  const holiday =
    day.holiday === null ? 1 : day.holiday === '春节' ? (trade.group === 'construction' ? 0.1 : 0.45) : 0.85
  const storm = lifted(overlay.stormLift[trade.key], day.storm)
  const snow = lifted(overlay.snowLift[trade.key], day.snow)
  // A trace keeps the class possible in a span without any such day.
  return Math.max(1e-9, week * year * holiday * day.growth * storm * snow)
}

const lifted = (lift: number | undefined, strength: number): number => {
  if (lift === undefined) return 1
  return lift === Number.POSITIVE_INFINITY ? strength : 1 + lift * strength
}

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the pack is incomplete')
  return value
}
