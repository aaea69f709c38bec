/**
 * Fits the shape of the simulated past: `node packs/beijing-demo/history/fit.ts FILE…` reads real 311-style tables and writes
 * shape.json beside it. Only figures are written, never a row.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { busiestCells, groupShapes, type Observed, quantileAt, repeatShare, sharesBySource } from './measure.ts'
import { readRequests } from './read-requests.ts'
import type { HistoryShape } from './types.ts'

export function fit(files: readonly { name: string; rows: number; observed: Observed[] }[]): HistoryShape {
  const all = files.flatMap((file) => file.observed)
  const real = all.filter((o) => !o.source.startsWith('projected'))
  // Chicago's table holds one topic only, so it has no say in the mix.
  const general = real.filter((o) => o.source !== 'chicago')
  const projected = all.filter((o) => o.source.startsWith('projected') && o.source !== 'projected:chicago')
  // New York's table was drawn on the evening of its one day, so it says nothing about how requests end.
  const ended = real.filter((o) => o.source !== 'nyc')
  const state = sharesBySource(ended, (o) => o.state)
  return {
    labelZh: '由公开的真实诉求数据拟合的数值，不含任何原始记录',
    labelEn: 'Figures fitted to open real request data; no record of it is contained',
    sources: files.map(({ name, rows }) => ({ name, rows })),
    quantileAt,
    groups: groupShapes(
      real,
      sharesBySource(general, (o) => o.group),
    ),
    classes: sharesBySource(projected.length ? projected : general, (o) => o.classKey),
    channel: sharesBySource(general, (o) => o.channel),
    // New York's is one day, Baltimore's a sample: repeats and clusters need every request of a time, as Chicago's table has.
    place: placeOf(real),
    outcome: { closed: state.closed ?? 0, duplicate: state.duplicate ?? 0, open: state.open ?? 0 },
  }
}

export function placeOf(items: readonly Observed[]): HistoryShape['place'] {
  const complete = items.filter((o) => o.source === 'chicago')
  const chosen = complete.length ? complete : items
  return { repeat50m30d: repeatShare(chosen), busiestCells: busiestCells(chosen) }
}

function main(paths: readonly string[]): void {
  if (!paths.length) throw new Error('give the request tables (CSV or CSV.gz) as arguments')
  const shape = fit(paths.map(readRequests))
  const text = JSON.stringify(shape, null, 1).replace(/\[[\d\s.,]+\]/g, (list) => list.replace(/\s+/g, ' '))
  writeFileSync(join(import.meta.dirname, 'shape.json'), `${text}\n`)
  console.log(`shape.json written from ${shape.sources.length} tables`)
}

if (import.meta.main) main(process.argv.slice(2))
