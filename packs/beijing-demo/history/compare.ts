/**
 * Lays the simulated past beside the real requests it was fitted to: `node packs/beijing-demo/history/compare.ts FILE…` prints Markdown.
 * TV is the total variation (0 the same, 1 nothing in common), KS the Kolmogorov–Smirnov distance.
 */
import { toMetres } from '../gauss-kruger.ts'
import { loadPack } from '../index.ts'
import type { Pack } from '../types.ts'
import { dayMs, localHour, monthOf, weekdayOf, zoneMs } from './clock.ts'
import { placeOf } from './fit.ts'
import { generateHistory } from './generate.ts'
import { classGroups, groupOf } from './groups.ts'
import type { Observed } from './measure.ts'
import * as measure from './measure.ts'
import { readRequests } from './read-requests.ts'
import type { HistoricCase } from './types.ts'

export const comparedOrder = { seed: 20260521, until: new Date('2026-05-21T00:00:00Z'), years: 3, count: 50_000 }

/** A simulated case, as far as a foreign request table would tell it. */
export function observe(item: HistoricCase): Observed {
  const atMs = item.reportedAt.getTime()
  const { feedbackAt, dispatchedAt, dueAt } = item
  return {
    source: 'pack',
    group: groupOf(item.kind, item.classCode),
    classKey: `${item.kind}:${item.classCode}`,
    hour: localHour(atMs),
    weekday: weekdayOf(atMs),
    month: monthOf(atMs),
    dayNumber: Math.floor((atMs + zoneMs) / dayMs),
    ...toMetres(item.point.lon, item.point.lat),
    limitUsed:
      feedbackAt && dispatchedAt && dueAt && dueAt > dispatchedAt
        ? (feedbackAt.getTime() - dispatchedAt.getTime()) / (dueAt.getTime() - dispatchedAt.getTime())
        : null,
    channel: item.channel,
    state: item.outcome === 'closed' ? 'closed' : item.outcome === 'rejected' ? 'duplicate' : 'open',
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
const row = (...cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
const head = (...cells: readonly string[]): string[] => [row(...cells), row(...cells.map(() => '---'))]
const notNull = (values: readonly (number | null)[]): number[] => values.filter((v) => v !== null)

function profile(options: {
  title: string
  labels: readonly string[]
  real: readonly Observed[]
  simulated: readonly Observed[]
  pick: (o: Observed) => number | null
}): string[] {
  const { title, labels, real, simulated, pick } = options
  const a = measure.shares(notNull(real.map(pick)), labels.length)
  const b = measure.shares(notNull(simulated.map(pick)), labels.length)
  const lines = labels.map((label, i) => row(label, percent(a[i] ?? 0), percent(b[i] ?? 0)))
  return [`### ${title}: TV ${measure.totalVariation(a, b)}`, '', ...head('', 'real', 'simulated'), ...lines, '']
}

function byGroup(real: readonly Observed[], simulated: readonly Observed[]): string[] {
  const lines = classGroups.map((group) => {
    const [r, s] = [real.filter((o) => o.group === group), simulated.filter((o) => o.group === group)]
    const tv = (pick: (o: Observed) => number | null, size: number): string | number => {
      const [a, b] = [notNull(r.map(pick)), notNull(s.map(pick))]
      return a.length < 100 ? '–' : measure.totalVariation(measure.shares(a, size), measure.shares(b, size))
    }
    return row(
      group,
      r.length,
      s.length,
      tv((o) => o.hour, 24),
      tv((o) => o.weekday, 7),
      tv((o) => o.month, 12),
    )
  })
  const title = '### By group of classes: TV of hours, weekdays, months (– where fewer than 100 real ones tell)'
  return [title, '', ...head('group', 'real', 'simulated', 'hours', 'weekdays', 'months'), ...lines, '']
}

function delays(real: readonly Observed[], simulated: readonly Observed[]): string[] {
  const [a, b] = [notNull(real.map((o) => o.limitUsed)), notNull(simulated.map((o) => o.limitUsed))]
  const [p, q] = [measure.quantiles(a), measure.quantiles(b)]
  const late = (list: readonly number[]): string => percent(list.filter((v) => v > 1).length / Math.max(1, list.length))
  const lines = measure.quantileAt.map((at, i) => row(percent(at), p[i] ?? 0, q[i] ?? 0))
  const title = `### Time taken as a part of the limit: KS ${measure.ksDistance(a, b)}`
  return [title, '', ...head('quantile', 'real', 'simulated'), ...lines, row('late', late(a), late(b)), '']
}

function keyed(options: {
  title: string
  real: Readonly<Record<string, number>>
  simulated: Readonly<Record<string, number>>
  name: (key: string) => string
  most: number
}): string[] {
  const { title, real, simulated, name, most } = options
  const keys = [...new Set([...Object.keys(real), ...Object.keys(simulated)])]
  const tv = measure.totalVariation(
    keys.map((k) => real[k] ?? 0),
    keys.map((k) => simulated[k] ?? 0),
  )
  const shown = keys.sort((a, b) => (simulated[b] ?? 0) - (simulated[a] ?? 0)).slice(0, most)
  const lines = shown.map((k) => row(name(k), percent(real[k] ?? 0), percent(simulated[k] ?? 0)))
  return [`### ${title}: TV ${tv}`, '', ...head('', 'real', 'simulated'), ...lines, '']
}

export function comparison(pack: Pack, real: readonly Observed[], simulated: readonly Observed[]): string {
  const told = real.filter((o) => !o.source.startsWith('projected'))
  const general = told.filter((o) => o.source !== 'chicago')
  const names = new Map(pack.classes.map((c) => [`${c.kind}:${c.code}`, `${c.nameZh} ${c.kind} ${c.code}`]))
  const [there, here] = [placeOf(told), placeOf(simulated)]
  const hours = Array.from({ length: 24 }, (_, h) => `${String(h).padStart(2, '0')}`)
  const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
  const months = Array.from({ length: 12 }, (_, m) => String(m + 1))
  const sides = { real: told, simulated }
  return [
    ...profile({ title: 'Hours', labels: hours, ...sides, pick: (o) => o.hour }),
    ...profile({ title: 'Weekdays', labels: days, ...sides, pick: (o) => o.weekday }),
    ...profile({ title: 'Months', labels: months, ...sides, pick: (o) => o.month }),
    ...byGroup(told, simulated),
    ...delays(told, simulated),
    '### Place',
    '',
    ...head('', 'real (Chicago)', 'simulated'),
    row('same group within 50 m and 30 days before', percent(there.repeat50m30d), percent(here.repeat50m30d)),
    ...there.busiestCells.map((share, i) =>
      row(`in the busiest ${[1, 5, 10][i]} % of cells`, percent(share), percent(here.busiestCells[i] ?? 0)),
    ),
    '',
    ...keyed({
      title: 'Channels',
      real: measure.sharesBySource(general, (o) => o.channel),
      simulated: measure.sharesBySource(simulated, (o) => o.channel),
      name: (key) => key,
      most: 15,
    }),
    ...keyed({
      title: 'Classes, the 25 most frequent',
      real: pack.shape.classes,
      simulated: measure.sharesBySource(simulated, (o) => o.classKey),
      name: (key) => names.get(key) ?? key,
      most: 25,
    }),
  ].join('\n')
}

function main(paths: readonly string[]): void {
  const pack = loadPack()
  const simulated = [...generateHistory({ pack, ...comparedOrder })].map(observe)
  console.log(
    comparison(
      pack,
      paths.flatMap((path) => readRequests(path).observed),
      simulated,
    ),
  )
}

if (import.meta.main) main(process.argv.slice(2))
