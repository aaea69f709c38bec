/** Reads 311-style request tables (CSV or CSV.gz) into `Observed`. The city is told by the columns, never by the file's name. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { readTable } from '../table.ts'
import type { ClassKind } from '../types.ts'
import { groupOf } from './groups.ts'
import type { Observed } from './measure.ts'

type Line = Readonly<Record<string, string>>

/** The sources' words for how a request came in, in ours. */
const channelWords: Readonly<Record<string, string>> = {
  phone: 'hotline',
  api: 'citizen',
  mobile: 'citizen',
  online: 'citizen',
  email: 'citizen',
  internal: 'inspector',
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export const classKeys: ReadonlyMap<string, string> = new Map(
  readTable(join(import.meta.dirname, '..'), 'history/mapping.csv', 'source,source_type,kind,code', (row) => [
    `${row.text('source')}:${row.text('source_type')}`,
    `${row.text('kind')}:${row.text('code')}`,
  ]),
)

export function readRequests(path: string): { name: string; rows: number; observed: Observed[] } {
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const lines = parse(text, { columns: true, skip_empty_lines: true }) as Line[]
  const first = lines[0] ?? {}
  const city =
    'violation' in first ? chicago : 'borough' in first ? newYork : 'police_district' in first ? baltimore : projected
  const observed = lines.flatMap((line) => city.read(line) ?? [])
  return { name: city.name, rows: lines.length, observed }
}

/** The sources write local time without a zone; read as UTC so that hours and weekdays stay local. */
const instant = (text: string | undefined): number | null => {
  const ms = Date.parse(`${text ?? ''}${text && text.length <= 10 ? 'T00:00:00' : ''}Z`)
  return Number.isNaN(ms) ? null : ms
}

function observe(order: {
  source: string
  key: string | undefined
  line: Line
  atMs: number | null
  hours: boolean
  days: boolean
  limitUsed: number | null
  channel: string | null
}): Observed | null {
  const { source, key, line, atMs, hours, days, limitUsed, channel } = order
  if (!key || atMs === null) return null
  const [kind, code] = key.split(':')
  const at = new Date(atMs)
  const [lat, lon] = [Number(line.lat || Number.NaN), Number(line.lon || Number.NaN)]
  const placed = Number.isFinite(lat) && Number.isFinite(lon)
  const status = line.status ?? ''
  return {
    source,
    classKey: key,
    group: groupOf(kind as ClassKind, code ?? ''),
    hour: hours ? at.getUTCHours() : null,
    weekday: days ? (at.getUTCDay() + 6) % 7 : null,
    month: days ? at.getUTCMonth() : null,
    dayNumber: Math.floor(atMs / dayMs),
    xM: placed ? lon * 111_320 * Math.cos((lat * Math.PI) / 180) : null,
    yM: placed ? lat * 111_132 : null,
    limitUsed,
    channel: channel === null ? null : (channelWords[channel.toLowerCase()] ?? 'other'),
    state: /dup/i.test(status) ? 'duplicate' : /^(closed|completed)/i.test(status) ? 'closed' : 'open',
  }
}

const used = (created: number | null, due: number | null, closed: number | null): number | null =>
  created !== null && due !== null && closed !== null && due > created && closed > created
    ? (closed - created) / (due - created)
    : null

// Baltimore's clock reads about four hours early in this extract: calls peak at five in the morning. Batch entries have no hour.
const baltimore = {
  name: 'Baltimore 311, 2014–2017',
  read: (line: Line): Observed | null => {
    const created = instant(line.created_at)
    const batch = line.type?.includes('Proactive') ?? false
    return observe({
      source: 'baltimore',
      key: classKeys.get(`baltimore:${line.type}`),
      line,
      atMs: created === null ? null : created + 4 * hourMs,
      hours: !batch,
      days: true,
      limitUsed: batch ? null : used(created, instant(line.due_at), instant(line.closed_at)),
      channel: line.channel ?? null,
    })
  },
}

// One Sunday of New York: hours and delays, but neither weekdays nor seasons.
const newYork = {
  name: 'New York 311, one day of 2018',
  read: (line: Line): Observed | null => {
    const created = instant(line.created_at)
    return observe({
      source: 'nyc',
      key: classKeys.get(`nyc:${line.type}`),
      line,
      atMs: created,
      hours: true,
      days: false,
      limitUsed: used(created, instant(line.due_at), instant(line.closed_at)),
      channel: line.channel ?? null,
    })
  },
}

// Chicago's sanitation complaints carry dates without hours and no limits, but twelve years of seasons and all addresses.
const chicago = {
  name: 'Chicago sanitation complaints, 2000–2012',
  read: (line: Line): Observed | null =>
    observe({
      source: 'chicago',
      key: classKeys.get(`chicago:${line.violation}`),
      line,
      atMs: instant(line.created_date),
      hours: false,
      days: true,
      limitUsed: null,
      channel: null,
    }),
}

/** The three cities moved onto Beijing's classes: used for the mix of classes alone. */
const projected = {
  name: 'projected seed',
  read: (line: Line): Observed | null => {
    const kind = line.kind === '部件' ? 'component' : 'event'
    const key = line.code ? `${kind}:${line.code}` : byName[line.minor_name ?? '']
    return observe({
      source: `projected:${line.source_city}`,
      key,
      line: {},
      atMs: instant(line.reported_at?.slice(0, 19)),
      hours: false,
      days: false,
      limitUsed: null,
      channel: null,
    })
  },
}

const byName: Readonly<Record<string, string>> = {
  社会生活噪声: 'event:0189',
  机动车乱停放: 'event:0409',
  废弃车辆: 'event:0134',
  流浪乞讨: 'event:0403',
  交通信号灯: 'component:0281',
}
