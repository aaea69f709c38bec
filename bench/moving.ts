/**
 * The live picture at city scale: what the server spends on it with 10,000 and 100,000 things that move, each every ten seconds, for one and
 * for many who look; how many bytes each of them gets; and what the command map spends on a picture in a browser. The browser here draws
 * without a graphics card, so its pictures a second say little; the milliseconds of its main thread are ours.
 * `--clients N` (50); `--seconds N` (20); `--no-browser`.
 */
import { parseArgs } from 'node:util'
import { type Db, openDatabase, sql } from '@pentad/platform/db'
import { readFrame } from '@pentad/platform/picture'
import { chromium } from '@playwright/test'
import { WebSocket } from 'ws'
import { cpuMs, type Demo, forget, machine, memoryMiB, settled, signedInCookie, startDemo, told } from './harness.ts'

const { values: wanted } = parseArgs({
  options: { clients: { type: 'string' }, seconds: { type: 'string' }, 'no-browser': { type: 'boolean' } },
})
const clients = Number(wanted.clients ?? 50)
const seconds = Number(wanted.seconds ?? 20)
type Box = [west: number, south: number, east: number, north: number]
/** The demo district, with room around. */
const whole: Box = [116.36, 39.86, 116.46, 39.98]
const street: Box = [116.42, 39.93, 116.445, 39.945]

const percentile = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? 0

async function lay(db: Db, count: number): Promise<void> {
  const atOnce = 4000
  for (let from = 1; from <= count; from += atOnce)
    await sql`with made as (
        insert into sensing.device (id, kind, protocol, address, name_zh, name_en, label, area_code)
        select gen_random_uuid(), 'vehicle', 'jt808', (17000000000 + n)::text, 'bench', 'bench', 'B' || n, '110101'
        from generate_series(${from}::int, ${Math.min(count, from + atOnce - 1)}::int) n on conflict do nothing returning id),
      placed as (
        insert into sensing.position (device_id, lon, lat, area_code, heading_deg, speed_kmh, at, received_at)
        select id, ${whole[0]}::float8 + random() * ${whole[2] - whole[0]}::float8, ${whole[1]}::float8 + random() * ${whole[3] - whole[1]}::float8,
          '110101', 90, 30, now(), now() from made)
      insert into sensing.device_state (device_id, last_heard, state) select id, now() + interval '1 day', 'online' from made`.execute(
      db,
    )
  await sql`analyze sensing.position, sensing.device, sensing.device_state`.execute(db)
}

/** Each thing moves every ten seconds: a fortieth of them each quarter of a second, as a gateway writes the latest. */
function drive(db: Db): { moved: () => number; stop: () => Promise<void> } {
  let part = 0
  let moved = 0
  let stopped = false
  const run = (async () => {
    while (!stopped) {
      const began = performance.now()
      const { numAffectedRows } = await sql`update sensing.position p set
          lon = greatest(${whole[0]}, least(${whole[2]}, p.lon + (random() - 0.5) * 0.002)),
          lat = greatest(${whole[1]}, least(${whole[3]}, p.lat + (random() - 0.5) * 0.002)),
          heading_deg = floor(random() * 360), speed_kmh = 10 + floor(random() * 50), at = now(), xid = pg_current_xact_id()
        from sensing.device d where d.id = p.device_id and d.handle % 40 = ${part++ % 40} and d.name_zh = 'bench'`.execute(
        db,
      )
      moved += Number(numAffectedRows ?? 0)
      await new Promise((go) => setTimeout(go, Math.max(0, 250 - (performance.now() - began))))
    }
  })()
  return {
    moved: () => moved,
    stop: async () => {
      stopped = true
      await run
    },
  }
}

interface Eye {
  frames: number
  bytes: number
  counted: number
  things: number
  close: () => void
}
async function look(demo: Demo, cookie: string, box: Box): Promise<Eye> {
  const socket = new WebSocket(`${demo.base.replace('http', 'ws')}/api/live`, {
    headers: { cookie, origin: demo.base },
  })
  const eye: Eye = { frames: 0, bytes: 0, counted: 0, things: 0, close: () => socket.close() }
  await new Promise((open, fail) => socket.once('open', open).once('error', fail))
  socket.binaryType = 'arraybuffer'
  socket.on('message', (data, binary) => {
    if (!binary) return
    const frame = data as ArrayBuffer
    // Alarms are told as well, and are few.
    if (new DataView(frame).getUint8(2) !== 0) return
    eye.frames++
    eye.bytes += frame.byteLength
    if (new DataView(frame).getUint8(1) === 2) eye.counted++
    readFrame(frame, { begin: () => undefined, here: () => eye.things++ })
  })
  socket.send(JSON.stringify({ type: 'watch', box }))
  return eye
}

async function measured(demo: Demo, db: Db, name: string, boxes: readonly Box[], cookie: string): Promise<void> {
  const eyes = await Promise.all(boxes.map((box) => look(demo, cookie, box)))
  await new Promise((go) => setTimeout(go, 4000))
  const driving = drive(db)
  await new Promise((go) => setTimeout(go, 3000))
  for (const eye of eyes) Object.assign(eye, { frames: 0, bytes: 0, counted: 0, things: 0 })
  const [server, engine, from] = [cpuMs(demo.pids.server ?? 0), cpuMs(demo.pids.engine ?? 0), performance.now()]
  const before = driving.moved()
  await new Promise((go) => setTimeout(go, seconds * 1000))
  const took = (performance.now() - from) / 1000
  const spent = cpuMs(demo.pids.server ?? 0) - server
  const spentEngine = cpuMs(demo.pids.engine ?? 0) - engine
  const frames = eyes.reduce((sum, e) => sum + e.frames, 0)
  const bytes = eyes.reduce((sum, e) => sum + e.bytes, 0)
  const counted = eyes.reduce((sum, e) => sum + e.counted, 0)
  console.log(
    `${name}: ${((driving.moved() - before) / took).toFixed(0)} moved/s; server ${(spent / took / 10).toFixed(1)} % of a core, engine ${(spentEngine / took / 10).toFixed(1)} % (the writing of this bench included); ` +
      `${(frames / eyes.length / took).toFixed(1)} frames/s each${counted ? ` (${counted === frames ? 'counts' : 'some counts'})` : ''}, ${(bytes / Math.max(1, frames) / 1024).toFixed(1)} KiB a frame, ` +
      `${(bytes / eyes.length / took / 1024).toFixed(1)} KiB/s each; ${(spent / Math.max(1, took * 4)).toFixed(2)} ms of the server a turn; memory ${memoryMiB(demo.pids.server ?? 0).toFixed(0)} MiB`,
  )
  await driving.stop()
  for (const eye of eyes) eye.close()
  await new Promise((go) => setTimeout(go, 1000))
}

/** Runs in the page: how long each of its pictures took to come. */
const pictures = (ms: number): string => `new Promise((done) => {
  const times = []
  let last = performance.now()
  const end = last + ${ms}
  const tick = (now) => {
    times.push(now - last)
    last = now
    if (now < end) requestAnimationFrame(tick)
    else done(times)
  }
  requestAnimationFrame(tick)
})`

/** The command map with everything that moves in view: what a picture costs. */
async function inBrowser(demo: Demo, db: Db, cookie: string, name: string, reduced: boolean): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env.PENTAD_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  })
  try {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'zh-CN',
      reducedMotion: reduced ? 'reduce' : 'no-preference',
    })
    const [key = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name: key, value, url: demo.base }])
    const page = await context.newPage()
    await page.goto(`${demo.base}/command/map?off=cases,alarms&map=116.41,39.92,12.4`)
    await page.locator('.maplibregl-canvas').waitFor({ timeout: 60_000 })
    await page.waitForTimeout(6000)
    const tools = await context.newCDPSession(page)
    await tools.send('Performance.enable')
    const metrics = async (): Promise<Record<string, number>> =>
      Object.fromEntries((await tools.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]))
    const measure = async (what: string) => {
      const before = await metrics()
      const gaps = (await page.evaluate(pictures(seconds * 1000))) as number[]
      const after = await metrics()
      const took = gaps.reduce((sum, ms) => sum + ms, 0) / 1000
      const of = (n: string) => ((after[n] ?? 0) - (before[n] ?? 0)) * 1000
      console.log(
        `${name}, ${what}: ${(gaps.length / took).toFixed(0)} pictures/s, ${told([percentile(gaps, 0.5)], 1)} ms between two (p95 ${percentile(gaps, 0.95).toFixed(0)} ms, software GL); ` +
          `main thread ${(of('TaskDuration') / took).toFixed(0)} ms of a second, of them script ${(of('ScriptDuration') / took).toFixed(0)} ms: ${(of('ScriptDuration') / gaps.length).toFixed(2)} ms a picture; heap ${((after.JSHeapUsedSize ?? 0) / 2 ** 20).toFixed(0)} MiB`,
      )
    }
    await measure('at rest')
    const driving = drive(db)
    await page.waitForTimeout(3000)
    await measure('moving')
    await driving.stop()
  } finally {
    await browser.close()
  }
}

console.log(`bench moving · ${machine()} · load and system share the machine`)
const demo = await startDemo(undefined, { PENTAD_LOG: 'error', PENTAD_DEMO_CASES: '2000' })
const { db, close } = openDatabase(demo.engineUrl, { connections: 3 })
try {
  await settled(demo)
  const cookie = await signedInCookie(demo.base, 'city-leader')
  for (const count of [10_000, 100_000]) {
    await lay(db, count)
    const label = `${count.toLocaleString('en')} moving`
    await measured(demo, db, `${label}, one who sees the whole district`, [whole], cookie)
    await measured(demo, db, `${label}, ${clients} who see the whole district`, Array(clients).fill(whole), cookie)
    await measured(
      demo,
      db,
      `${label}, ${clients} who see a street each`,
      Array.from({ length: clients }, (_, n): Box => {
        const [dx, dy] = [((n % 10) - 5) * 0.004, (Math.floor(n / 10) - 2) * 0.004]
        return [street[0] + dx, street[1] + dy, street[2] + dx, street[3] + dy]
      }),
      cookie,
    )
    if (wanted['no-browser']) continue
    await inBrowser(demo, db, cookie, label, false)
    await inBrowser(demo, db, cookie, `${label}, no motion wanted`, true)
  }
} finally {
  await close()
  await demo.stop()
  forget(demo.folder)
}
