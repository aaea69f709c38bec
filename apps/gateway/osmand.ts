/**
 * Phones with the Traccar client, and whatever else speaks OsmAnd's live tracking: `/osmand?id=…&lat=…&lon=…` over HTTP. The token
 * of the account goes in the path (`/osmand/TOKEN`), in the query (`token=`), or as HTTP Basic. Stored, then answered 200.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { hashToken } from '@pentad/platform/crypto'
import type { Logger } from '@pentad/platform/log'
import type { HotRow, KnownDevice, ObservationIn } from '@pentad/sensing'
import type { Links } from './links.ts'
import { instantOf, type Place } from './mqtt/readings.ts'
import { placeFixOf, post, type Writers } from './mqtt/take.ts'
import type { Registry } from './registry.ts'

export interface OsmandOptions extends Writers {
  bind: string
  port: number
  registry: Registry
  log: Logger
  /** Calls that one address may make in a minute. */
  perMinute?: number
  connections?: number
  connectionsPerAddress?: number
}

const knotsToKmh = 1.852
const mostBodyBytes = 16_384
const mostAddresses = 50_000

export async function listenOsmand(options: OsmandOptions): Promise<Links> {
  const { bind, port, log, perMinute = 6000, connections = 5000 } = options
  const { connectionsPerAddress = Math.ceil(connections / 2) } = options
  let counts = new Map<string, number>()
  const fresh = setInterval(() => {
    counts = new Map()
  }, 60_000)
  // Looked at every few seconds, or the limits of time below would be those of half a minute.
  const server = createServer({ connectionsCheckingInterval: 5000 }, (request, response) => {
    const remote = request.socket.remoteAddress ?? '?'
    const calls = (counts.get(remote) ?? 0) + 1
    if (counts.size < mostAddresses || counts.has(remote)) counts.set(remote, calls)
    if (calls > perMinute) {
      options.tally.reject('osmand', 'osmand/too-many', remote)
      answer(response, 429)
      return
    }
    hear(options, request, remote).then(
      (status) => answer(response, status),
      (error) => {
        log.warn({ err: error }, 'a position could not be taken')
        answer(response, 500)
      },
    )
  })
  server.maxConnections = connections
  const perAddress = new Map<string, number>()
  server.on('connection', (socket) => {
    const remote = socket.remoteAddress ?? '?'
    const already = perAddress.get(remote) ?? 0
    if (already >= connectionsPerAddress) {
      options.tally.reject('osmand', 'osmand/too-many-sessions', remote)
      socket.destroy()
      return
    }
    perAddress.set(remote, already + 1)
    socket.once('close', () => {
      const left = (perAddress.get(remote) ?? 1) - 1
      if (left > 0) perAddress.set(remote, left)
      else perAddress.delete(remote)
    })
  })
  server.headersTimeout = 10_000
  server.requestTimeout = 20_000
  server.keepAliveTimeout = 60_000
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, bind, listening)
  })
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    async stop() {
      clearInterval(fresh)
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}

function answer(response: ServerResponse, status: number): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end()
}

async function hear(parts: OsmandOptions, request: IncomingMessage, remote: string): Promise<number> {
  const url = new URL(request.url ?? '/', 'http://gateway')
  const [, first, ...rest] = url.pathname.split('/')
  if (first !== 'osmand') return 404
  if (request.method !== 'GET' && request.method !== 'POST') return 405
  const said = new URLSearchParams(url.search)
  if (request.method === 'POST') {
    const body = await bodyOf(request)
    if (body === undefined) return 413
    const more = wordsOf(body, request.headers['content-type'] ?? '')
    if (!more) return unreadable(parts, remote)
    for (const [k, v] of more) said.set(k, v)
  }
  const id = said.get('id') ?? said.get('deviceid') ?? ''
  const token = rest[0] || said.get('token') || basicToken(request)
  const device = id === '' ? undefined : (parts.registry.byLogin(id) ?? parts.registry.find('osmand', id))
  if (!device) {
    if (id !== '' && parts.registry.barred('osmand', id)) parts.tally.reject('osmand', 'osmand/barred', id)
    else if (id !== '') parts.tally.unknown('osmand', id)
    // What Traccar says to strangers too: the phone keeps its fixes and tries again.
    return id === '' ? unreadable(parts, remote) : 403
  }
  if (device.tokenHash === null || hashToken(token ?? '') !== device.tokenHash) {
    parts.tally.reject('osmand', 'osmand/token', id)
    return 401
  }
  const fix = fixIn(device, said, new Date())
  if (!fix) return unreadable(parts, id)
  const battery = batteryOf(device, said, fix.at)
  const stored = await Promise.all([
    post(parts.positions, device.id, [fix.row]),
    battery ? post(parts.observations, device.id, [battery]) : true,
  ])
  if (stored.every(Boolean)) return 200
  parts.tally.reject('osmand', 'osmand/not-stored', id)
  return 400
}

function unreadable(parts: OsmandOptions, address: string): number {
  parts.tally.reject('osmand', 'osmand/unreadable', address)
  return 400
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > mostBodyBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A form, or the JSON of newer Traccar clients: `{ device_id, location: { timestamp, coords: { … }, battery: { level } } }`. */
export function wordsOf(body: string, type: string): [string, string][] | undefined {
  if (!type.includes('json')) return [...new URLSearchParams(body)]
  try {
    const { device_id: id, location } = JSON.parse(body) as {
      device_id?: unknown
      location?: { timestamp?: unknown; coords?: Record<string, unknown>; battery?: { level?: unknown } }
    }
    const { latitude, longitude, speed, heading, altitude, accuracy } = location?.coords ?? {}
    const level = location?.battery?.level
    const words = {
      id,
      lat: latitude,
      lon: longitude,
      timestamp: location?.timestamp,
      // Metres a second there, knots here; -1 stands for not known.
      speed: typeof speed === 'number' && speed >= 0 ? (speed * 3.6) / knotsToKmh : undefined,
      bearing: typeof heading === 'number' && heading >= 0 ? heading : undefined,
      altitude,
      accuracy,
      batt: typeof level === 'number' && level >= 0 ? level * 100 : undefined,
    }
    return Object.entries(words).flatMap(([k, v]) =>
      typeof v === 'string' || typeof v === 'number' ? [[k, String(v)] as [string, string]] : [],
    )
  } catch {
    return undefined
  }
}

function basicToken({ headers: { authorization = '' } }: IncomingMessage): string | undefined {
  const [scheme = '', value = ''] = authorization.split(' ')
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return undefined
  return Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':')
}

const numberIn = (said: URLSearchParams, name: string): number | null => {
  const text = said.get(name)
  const n = text === null || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(n) ? n : null
}

/** Undefined when there is no place or no readable time in it. */
function fixIn(device: KnownDevice, said: URLSearchParams, now: Date): { at: Date; row: HotRow } | undefined {
  const [one, other] = (said.get('location') ?? '').split(',')
  const lat = numberIn(said, 'lat') ?? (one ? Number(one) : null)
  const lon = numberIn(said, 'lon') ?? (other ? Number(other) : null)
  if (lat === null || lon === null || !Number.isFinite(lat) || !Number.isFinite(lon)) return undefined
  const stamp = said.get('timestamp')
  const at = stamp === null ? now : instantOf(stamp)
  if (!at) return undefined
  const speed = numberIn(said, 'speed')
  const place: Place = {
    at,
    lon,
    lat,
    speedKmh: speed === null || speed < 0 ? null : speed * knotsToKmh,
    headingDeg: numberIn(said, 'bearing') ?? numberIn(said, 'heading'),
    timed: stamp !== null,
  }
  return { at, row: placeFixOf(device, place, now, said.get('valid') === 'false' ? ['not-fixed'] : []) }
}

function batteryOf(device: KnownDevice, said: URLSearchParams, at: Date): ObservationIn | undefined {
  const value = numberIn(said, 'batt')
  if (value === null) return undefined
  return {
    deviceId: device.id,
    factor: 'battery',
    period: 'rtd',
    observedAt: at,
    value,
    max: null,
    min: null,
    flag: null,
  }
}
