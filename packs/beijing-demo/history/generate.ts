/**
 * Writes the simulated past of the demo city (模拟历史案卷). Pure: the same pack, seed and end give the same cases, to the letter.
 * Shapes come from shape.json (fitted to real requests) and overlay.ts (what is particular to this city).
 */

import { answerableUnits } from '../duty.ts'
import { type Random, seededRandom, weighted } from '../random.ts'
import { readTable } from '../table.ts'
import type { Pack, Standard } from '../types.ts'
import { classKinds } from '../words.ts'
import { type Calendarium, type ClassNote, calendarium, must, type Trade, tradesOf } from './arrivals.ts'
import { dateText, dayMs, hourMs, localHour, midnight, weekdayOf, workClock } from './clock.ts'
import { crewOf, reporterOf } from './crew.ts'
import { describer } from './describe.ts'
import { endedLife, type Life, type LifeOrder, openLife } from './life.ts'
import { thursdayPeak } from './overlay.ts'
import { type Place, placesOf } from './places.ts'
import type { Channel, HistoricCase, OpenStatus } from './types.ts'

export interface HistoryOrder {
  readonly pack: Pack
  readonly seed: number
  /** The end of the past: nothing happens after it. */
  readonly until: Date
  readonly years: number
  readonly count: number
}

/** Of 50,000 cases about 130 are still open; how they are spread over the states. */
const openShare = 0.0026
const fewestOpen = 30
const openMix: readonly (readonly [OpenStatus, number])[] = [
  ['reported', 10],
  ['pending_file', 9],
  ['pending_dispatch', 9],
  ['pending_sign', 14],
  ['disposing', 52],
  ['feedback', 10],
  ['checking', 11],
  ['pending_close', 8],
  ['rework', 7],
]
/** Open cases must be recent, so none of them is of a class that may take weeks. */
const longestOpenWorkDays = 4
/** What is still being worked on is mostly of classes that take days, so that the open cases do not all fall on the last one. */
const slowPart = 0.8
const earlyStates: readonly OpenStatus[] = ['reported', 'pending_file', 'pending_dispatch', 'pending_sign']
/** What would end beyond the end of the span is moved back by whole weeks, so that hour and weekday stay. */
const weekMs = 7 * dayMs

interface Arrival {
  readonly trade: Trade
  readonly standard: Standard
  readonly channel: Channel
  readonly life: Life
  /** Bound to a hot spot by name. */
  readonly spot: string | null
}

const sourceLetter: Readonly<Record<Channel, string>> = {
  inspector: 'J',
  hotline: 'R',
  citizen: 'S',
  video: 'V',
  sensor: 'W',
  uav: 'U',
  opinion: 'Y',
  utility: 'G',
  self_check: 'Z',
  instruction: 'L',
  transfer: 'T',
  grid: 'N',
  patrol: 'X',
  survey: 'P',
  open311: 'O',
}
/** Channels that are other platforms and bring a number of their own. */
const foreignNumber: Readonly<Partial<Record<Channel, string>>> = {
  hotline: 'RX',
  transfer: 'ZB',
  grid: 'WG',
  utility: 'GF',
  open311: 'OP',
}
const fromCentre: readonly Channel[] = ['inspector', 'patrol', 'grid', 'survey']

/** The cases in the order of their reports. */
export function* generateHistory({ pack, seed, until, years, count }: HistoryOrder): Generator<HistoricCase> {
  const random = seededRandom(seed)
  const notes = classNotes()
  const trades = tradesOf(pack, notes)
  const untilMs = Math.floor(until.getTime() / 1000) * 1000
  const fromMs = untilMs - Math.round(years * 365.25) * dayMs
  const dates = calendarium(pack, trades, { fromMs, untilMs, seed })
  const arrivals = arrivalsOf({ pack, dates, years, fromMs, untilMs, count, random })
  const placeOf = placesOf(pack, seed)
  const describe = describer(pack, notes)
  const crew = crewOf(pack)
  const unitOf = answerableUnits(pack)
  const serials = new Map<string, number>()
  for (const arrival of arrivals) {
    const { trade, standard, channel, life } = arrival
    const place = placeOf(trade, life.reported, random, arrival.spot)
    const { streetCode } = place.cell
    const leadUnit =
      life.dispatched === null ? null : unitOf({ kind: trade.node.kind, code: trade.node.code, streetCode })
    const description = describe({ trade, standard, place, channel, random })
    const actors = crew({ life, streetCode, unitId: leadUnit, channel, random })
    const numbers = numbersOf(arrival, place, serials)
    yield caseOf({ arrival, place, numbers, description, leadUnit, actors })
  }
}

function arrivalsOf(order: {
  pack: Pack
  dates: Calendarium
  years: number
  fromMs: number
  untilMs: number
  count: number
  random: Random
}): Arrival[] {
  const { pack, dates, years, fromMs, untilMs, count, random } = order
  const clock = workClock(pack.calendar, fromMs - 60 * dayMs, untilMs + 120 * dayMs)
  const lifeOrder = (trade: Trade, standard: Standard, channel: Channel): LifeOrder => ({
    standard,
    limitUsed: trade.shape.limitUsed,
    quantileAt: pack.shape.quantileAt,
    fromPublic: !fromCentre.includes(channel),
    clock,
    random,
  })
  const arrivals: Arrival[] = []
  for (const state of openStates(
    Math.min(Math.floor(count / 4), Math.max(fewestOpen, Math.round(count * openShare))),
  )) {
    let trade = dates.trade(random)
    let standard = rowOf(trade, random)
    const slow = !earlyStates.includes(state) && random.next() < slowPart
    while (workDays(standard) > longestOpenWorkDays || isWeatherOnly(trade) || (slow && workDays(standard) < 1)) {
      trade = dates.trade(random)
      standard = rowOf(trade, random)
    }
    const channel = dates.channel(trade, localHour(untilMs), random)
    arrivals.push({
      trade,
      standard,
      channel,
      life: openLife(untilMs, state, lifeOrder(trade, standard, channel)),
      spot: null,
    })
  }
  while (arrivals.length < count) {
    const trade = dates.trade(random)
    const standard = rowOf(trade, random)
    const peak = trade.key === thursdayPeak.key && random.next() < thursdayPeak.part
    const reported = peak ? onPeakThursday(untilMs, years, random) : dates.moment(trade, random)
    const channel = dates.channel(trade, localHour(reported), random)
    const life = pastLife(untilMs, reported, lifeOrder(trade, standard, channel))
    arrivals.push({ trade, standard, channel, life, spot: peak ? random.pick(thursdayPeak.spots) : null })
  }
  return arrivals.sort((a, b) => a.life.reported - b.life.reported)
}

/** An evening hour of one of the last Thursdays before the end, or of the same weeks of an earlier year. */
function onPeakThursday(untilMs: number, years: number, random: Random): number {
  const yearsBack = weighted(thursdayPeak.yearWeights.slice(0, Math.max(1, years)))(random)
  const weeksBack = Math.floor(random.next() * thursdayPeak.weeks) + 52 * yearsBack
  const today = midnight(untilMs)
  const thursday = today - (((weekdayOf(today) - 3 + 7) % 7) + 7 * (weeksBack + 1)) * dayMs
  return thursday + 17 * hourMs + Math.floor(random.next() * 2 * 3600) * 1000
}

/** The open cases already fill the last days; most of what else was reported then is moved back. */
const crowded = { days: 1.5, movedPart: 0.75 }

/** A life that ended before the end of the past. It is drawn anew when moved, for limits run otherwise over other holidays. */
function pastLife(untilMs: number, reported: number, order: LifeOrder): Life {
  const late = reported > untilMs - crowded.days * dayMs && order.random.next() < crowded.movedPart
  for (let weeks = late ? 1 : 0; ; weeks++) {
    const life = endedLife(reported - weeks * weekMs, order)
    if ((life.closed ?? 0) <= untilMs) return life
  }
}

function openStates(size: number): OpenStatus[] {
  const total = openMix.reduce((sum, [, n]) => sum + n, 0)
  const states = openMix.flatMap(([state, n]) =>
    new Array<OpenStatus>(Math.max(1, Math.round((n / total) * size))).fill(state),
  )
  return states.slice(0, size)
}

const isWeatherOnly = (trade: Trade): boolean => trade.key === 'event:0506' || trade.key === 'event:0507'

const workDays = ({ limitValue, limitUnit }: Standard): number =>
  limitUnit === 'WORK_DAY' || limitUnit === 'URGENT_DAY' ? limitValue : 0

/** The dangerous row comes first and is the rarest. */
function rowOf(trade: Trade, random: Random): Standard {
  if (trade.rows.length === 1 || random.next() < 0.12) return must(trade.rows[0])
  return random.pick(trade.rows.slice(1))
}

function numbersOf({ channel, life }: Arrival, place: Place, serials: Map<string, number>) {
  const district = place.cell.code.slice(0, 6)
  const date = dateText(life.reported).replaceAll('-', '')
  const key = `${district}-${date}`
  const serial = (serials.get(key) ?? 0) + 1
  serials.set(key, serial)
  const text = String(serial).padStart(5, '0')
  const foreign = foreignNumber[channel]
  return {
    no: `${key}-${sourceLetter[channel]}-${text}`,
    sourceNo: foreign ? `${foreign}${date}${district.slice(-2)}${text}` : null,
  }
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(Math.round(ms / 1000) * 1000))

function caseOf(order: {
  arrival: Arrival
  place: Place
  numbers: { no: string; sourceNo: string | null }
  description: string
  leadUnit: string | null
  actors: HistoricCase['actors']
}): HistoricCase {
  const { arrival, place, numbers, description, leadUnit, actors } = order
  const { trade, standard, channel, life } = arrival
  return {
    ...numbers,
    channel,
    kind: trade.node.kind,
    classCode: trade.node.code,
    standardSeq: standard.seq,
    point: { lon: place.lon, lat: place.lat },
    cellCode: place.cell.code,
    communityCode: place.cell.communityCode,
    streetCode: place.cell.streetCode,
    description_zh: description,
    reporterKind: reporterOf[channel],
    reportedAt: new Date(Math.round(life.reported / 1000) * 1000),
    acceptedAt: dateOf(life.accepted),
    filedAt: dateOf(life.filed),
    dispatchedAt: dateOf(life.dispatched),
    signedAt: dateOf(life.signed),
    feedbackAt: dateOf(life.feedback),
    checkedAt: dateOf(life.checked),
    closedAt: dateOf(life.closed),
    dueAt: dateOf(life.due),
    leadUnit,
    actors,
    reworkCount: life.reworkCount,
    outcome: life.outcome,
  }
}

const classNotes = (): ClassNote[] =>
  readTable(import.meta.dirname, 'class-notes.csv', 'kind,code,weight,phrases_zh', (row) => ({
    key: `${row.oneOf('kind', classKinds)}:${row.text('code')}`,
    weight: row.number('weight'),
    phrases: row.list('phrases_zh'),
  }))
