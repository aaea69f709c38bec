/**
 * Live tiles over a million open cases, over HTTP with session, rights and the newest change in them; beside them the engine's own
 * rows of the same tile encoded in Node, and PostGIS' ST_AsMVT where PENTAD_POSTGIS_URL names a server that has it.
 * `--folder DIR` keeps the city for the next run.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Db, openDatabase, sql } from '@pentad/platform/db'
import { boxOf, MvtLayer, mvtOf, type TileAt, worldX, worldY } from '@pentad/platform/tiles'
import { forget, machine, memoryMiB, startDemo } from './harness.ts'

const { values: wanted } = parseArgs({ options: { folder: { type: 'string' } } })
const folder = wanted.folder ?? mkdtempSync(join(tmpdir(), 'pentad-bench-'))
const kept = existsSync(join(folder, 'engine.json'))
const open = 1_000_000
/** Ours; what stands beside takes seconds and is asked less often. */
const rounds = 200
const roundsBeside = 40
/** Not counted: what a running city has warm. */
const warming = 20
/** The middle of the demo city. */
const centre = { lon: 116.39, lat: 39.92 }
const tileAt = (z: number, dx = 0, dy = 0): TileAt => ({
  z,
  x: (worldX(centre.lon) >> (30 - z)) + dx,
  y: (worldY(centre.lat) >> (30 - z)) + dy,
})
/** The whole city, a quarter of it, and the streets around the centre. */
const tiles: Record<string, TileAt[]> = {
  'z10 whole city': [tileAt(10)],
  z11: [tileAt(11)],
  z13: [0, 1, -1].map((d) => tileAt(13, d)),
  z14: [0, 1, -1].flatMap((dx) => [0, 1, -1].map((dy) => tileAt(14, dx, dy))),
  z16: [0, 1, 2, 3].map((d) => tileAt(16, d, d)),
}

const percentile = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? 0
const told = (values: readonly number[]): string =>
  `p50 ${percentile(values, 0.5).toFixed(1).padStart(7)}  p95 ${percentile(values, 0.95).toFixed(1).padStart(7)} ms`

interface Rounds {
  before?: () => Promise<unknown>
  warm?: number
  times?: number
}
async function measure(
  work: (i: number) => Promise<unknown>,
  { before, warm = warming, times: many = rounds }: Rounds = {},
): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < many + warm; i++) {
    await before?.()
    const began = performance.now()
    await work(i)
    if (i >= warm) times.push(performance.now() - began)
  }
  return times
}
const beside = { warm: 3, times: roundsBeside }

/** What our server has used of the processor, in milliseconds: on a busy machine it says more than the clock. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  // Ticks of 10 ms, own time and the kernel's.
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Open cases all over the city's cells, of all classes, with deadlines around now, each with one of the units. */
async function fill(db: Db): Promise<void> {
  await sql`set statement_timeout = 0`.execute(db)
  // What is made from the city's own rows needs no looking up of each again.
  await sql`set session_replication_role = replica`.execute(db)
  for (let done = 0; done < open; done += 100_000)
    await sql`
      with cells as (select code, lon, lat, row_number() over () as n, count(*) over () as all_cells from geography.cell),
        classes as (select scheme, version, kind, code, row_number() over () as n, count(*) over () as all_classes
          from rulebook.api_any_class where parent_code is not null),
        units as (select id, row_number() over () as n, count(*) over () as all_units from identity.unit where axis = 'disposal'),
        dice as (select i, random() as a, random() as b, random() as c, random() as d, random() as e
          from generate_series(${done + 1}::int, ${done + 100_000}::int) as i),
        thrown as (select dice.*, (floor(a * (select all_cells from cells limit 1)) + 1)::int as cell_n,
          (floor(b * (select all_classes from classes limit 1)) + 1)::int as class_n,
          -- A cell is served by some of the units, not by all.
          ((floor(a * 97)::int + floor(e * 6)::int) % (select all_units from units limit 1) + 1)::int as unit_n from dice)
      insert into cases.case_file (id, no, status, source, scheme, scheme_version, kind, class_code, lon, lat, xy, area_code, place_zh,
        place_en, description, reported_at, created_by, clock_start, urge_at, due, stage_since, lead_unit_id, origin)
      select gen_random_uuid(), 'bench-' || t.i, 'disposing', 'hotline', k.scheme, k.version, k.kind, k.code,
        l.lon + (t.c - 0.5) * 0.001, l.lat + (t.d - 0.5) * 0.0008,
        point(500000 + (l.lon + (t.c - 0.5) * 0.001 - 117) * 85390, (l.lat + (t.d - 0.5) * 0.0008) * 111030), l.code, '某处', 'somewhere',
        'bench', now() - t.a * interval '10 days', 'bench', now() - interval '1 day', now() + (t.e - 0.7) * interval '5 days',
        now() + (t.e - 0.6) * interval '5 days', now(), u.id, 'demo'
      from thrown t join cells l on l.n = t.cell_n join classes k on k.n = t.class_n join units u on u.n = t.unit_n`.execute(
      db,
    )
  await sql`vacuum analyze cases.case_file`.execute(db)
}

/** What one would write without any of this: the rows of the box by GiST, encoded in Node; for a low zoom counted by the engine. */
async function engineTile(db: Db, at: TileAt): Promise<number> {
  const [west, south, east, north] = boxOf(at)
  const xs = (lon: number) => 500_000 + (lon - 117) * 85_390
  const ys = (lat: number) => lat * 111_030
  const box = sql`c.xy <@ box(point(${xs(west)}, ${ys(south)}), point(${xs(east)}, ${ys(north)})) and c.status not in ('closed', 'rejected')`
  const layer = new MvtLayer('cases')
  const scale = 2 ** (30 - 12 - at.z)
  const put = (lon: number, lat: number, tags: number[]) =>
    layer.point(
      Math.floor((worldX(lon) - at.x * 4096 * scale) / scale),
      Math.floor((worldY(lat) - at.y * 4096 * scale) / scale),
      tags,
    )
  if (at.z < 14) {
    const { rows } = await sql<{ lon: number; lat: number; n: number; red: number }>`
      select avg(c.lon) as lon, avg(c.lat) as lat, count(*)::int as n, count(*) filter (where c.due < now())::int as red
      from cases.case_file c where ${box}
      group by floor((c.lon - ${west}) / ${(east - west) / 8}), floor((c.lat - ${south}) / ${(north - south) / 8})`.execute(
      db,
    )
    for (const r of rows)
      put(r.lon, r.lat, [layer.key('count'), layer.value(r.n), layer.key('red'), layer.value(r.red)])
  } else {
    const { rows } = await sql<{ id: string; lon: number; lat: number; red: boolean; code: string; unit: string }>`
      select c.id, c.lon, c.lat, c.due < now() as red, c.class_code as code, c.lead_unit_id as unit from cases.case_file c where ${box}`.execute(
      db,
    )
    for (const r of rows)
      put(r.lon, r.lat, [
        layer.key('id'),
        layer.ownValue(r.id),
        layer.key('state'),
        layer.value(r.red ? 'red' : 'green'),
        layer.key('classCode'),
        layer.value(r.code),
        layer.key('unit'),
        layer.value(r.unit),
      ])
  }
  return mvtOf([layer]).length
}

/** The same points in PostGIS, as its manual would have them: web-Mercator geometry with GiST. */
async function fillPostgis(from: Db, to: Db): Promise<void> {
  await sql`create extension if not exists postgis`.execute(to)
  await sql`drop table if exists bench_case`.execute(to)
  await sql`create table bench_case (id uuid, state text, class_code text, unit text, geom geometry(Point, 3857))`.execute(
    to,
  )
  for (let page = 0; page < 10; page++) {
    const { rows } = await sql<{ id: string; lon: number; lat: number; red: boolean; code: string; unit: string }>`
      select id, lon, lat, due < now() as red, class_code as code, lead_unit_id as unit from cases.case_file
      where no like 'bench-%' and right(no, 1) = ${String(page)}`.execute(from)
    for (let i = 0; i < rows.length; i += 20_000) {
      const part = rows.slice(i, i + 20_000)
      await sql`insert into bench_case select id, state, code, unit, st_transform(st_setsrid(st_makepoint(lon, lat), 4326), 3857)
        from unnest(${part.map((r) => r.id)}::uuid[], ${part.map((r) => (r.red ? 'red' : 'green'))}::text[], ${part.map((r) => r.code)}::text[],
          ${part.map((r) => r.unit)}::text[], ${part.map((r) => r.lon)}::float8[], ${part.map((r) => r.lat)}::float8[])
          as t (id, state, code, unit, lon, lat)`.execute(to)
    }
  }
  await sql`create index on bench_case using gist (geom)`.execute(to)
  await sql`vacuum analyze bench_case`.execute(to)
}

async function postgisTile(db: Db, { z, x, y }: TileAt): Promise<number> {
  const envelope = sql`st_tileenvelope(${z}, ${x}, ${y})`
  const { rows } =
    z < 14
      ? await sql<{ tile: Buffer }>`with bounds as (select ${envelope} as box), squares as (
          select st_centroid(st_collect(c.geom)) as geom, count(*) as count, count(*) filter (where c.state = 'red') as red
          from bench_case c, bounds b where c.geom && b.box
          group by st_snaptogrid(c.geom, (st_xmax(b.box) - st_xmin(b.box)) / 8))
        select st_asmvt(t, 'cases') as tile from (select st_asmvtgeom(s.geom, b.box) as geom, s.count, s.red from squares s, bounds b) t`.execute(
          db,
        )
      : await sql<{ tile: Buffer }>`select st_asmvt(t, 'cases') as tile from (
          select st_asmvtgeom(c.geom, ${envelope}) as geom, c.id::text, c.state, c.class_code, c.unit
          from bench_case c where c.geom && ${envelope}) t`.execute(db)
  return rows[0]?.tile.length ?? 0
}

async function cookieOf(base: string, login: string): Promise<string> {
  const response = await fetch(`${base}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: 'bench bench bench' }),
  })
  if (!response.ok) throw new Error(`${login}: ${await response.text()}`)
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

console.log(`bench tiles · ${open.toLocaleString('en')} open cases · ${machine()}`)
const demo = await startDemo(folder, { PENTAD_DEMO_CASES: '1000' })
const engine = openDatabase(demo.engineUrl, { connections: 4, name: 'bench' })
const { db } = engine
const postgis = process.env.PENTAD_POSTGIS_URL
  ? openDatabase(process.env.PENTAD_POSTGIS_URL, { connections: 2 })
  : undefined
// A million cases in a minute are no day of a city: search, which would read them for a quarter of an hour, stays out.
const quiet = await engine.pool.connect()
await quiet.query("select pg_advisory_lock(hashtext('analysis case'))")
try {
  const emptyMiB = memoryMiB(demo.pids.server ?? 0)
  let began = performance.now()
  if (!kept) await db.connection().execute(fill)
  console.log(`filled in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  const cookie = await cookieOf(demo.base, 'city-leader')
  const streetCookie = await cookieOf(demo.base, 'dzm-handler')
  const ask = async ({ z, x, y }: TileAt, as = cookie): Promise<number> => {
    const response = await fetch(`${demo.base}/tiles/cases/${z}/${x}/${y}.mvt`, { headers: { cookie: as } })
    if (response.status !== 200 && response.status !== 204)
      throw new Error(`${z}/${x}/${y}: ${response.status} ${await response.text()}`)
    return (await response.arrayBuffer()).byteLength
  }
  began = performance.now()
  await ask(tileAt(14))
  console.log(`first tile, with all cases read into memory: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  console.log(
    `server: ${emptyMiB.toFixed(0)} MiB before, ${memoryMiB(demo.pids.server ?? 0).toFixed(0)} MiB with the layer in memory`,
  )

  const { rows: some } = await sql<{ id: string; lon: number; lat: number }>`
    select id, lon, lat from cases.case_file where no like 'bench-%' order by random() limit 2000`.execute(db)
  /** A case in the tile gets another report, so that no tile comes from a cache. */
  const changeIn = (at: TileAt) => {
    const shift = 30 - at.z
    const inside = some.filter((c) => worldX(c.lon) >> shift === at.x && worldY(c.lat) >> shift === at.y)
    return async () => {
      const one = inside[Math.floor(Math.random() * inside.length)]
      if (one)
        await sql`update cases.case_file set reports = reports + 1, xid = pg_current_xact_id() where id = ${one.id}`.execute(
          db,
        )
    }
  }
  if (postgis && !kept) await postgis.db.connection().execute((to) => fillPostgis(db, to))
  if (!postgis) console.log('PENTAD_POSTGIS_URL is not set: no ST_AsMVT beside it')

  for (const [name, all] of Object.entries(tiles)) {
    const pick = (i: number): TileAt => all[i % all.length] ?? tileAt(10)
    let last = tileAt(10)
    let turn = 0
    const sizes: number[] = []
    const cpuBefore = cpuMs(demo.pids.server ?? 0)
    const live = await measure(async () => sizes.push(await ask(last)), {
      before: async () => {
        last = pick(turn++)
        await changeIn(last)()
      },
    })
    console.log(
      `${name.padEnd(16)} changed, whole city's sight  ${told(live)}   ${(percentile(sizes, 0.5) / 1024).toFixed(0)} KiB`,
    )
    console.log(
      `${''.padEnd(16)} … of it the server's processor: ${((cpuMs(demo.pids.server ?? 0) - cpuBefore) / (rounds + warming)).toFixed(1)} ms a tile`,
    )
    const street = await measure(async () => ask(last, streetCookie), {
      before: async () => {
        last = pick(turn++)
        await changeIn(last)()
      },
    })
    console.log(`${''.padEnd(16)} changed, one street's sight  ${told(street)}`)
    console.log(`${''.padEnd(16)} unchanged                    ${told(await measure(async (i) => ask(pick(i))))}`)
    console.log(
      `${''.padEnd(16)} engine's rows, encoded here  ${told(await measure(async (i) => engineTile(db, pick(i)), beside))}`,
    )
    if (postgis)
      console.log(
        `${''.padEnd(16)} PostGIS, ST_AsMVT            ${told(await measure(async (i) => postgisTile(postgis.db, pick(i)), beside))}`,
      )
  }

  let appeared = { id: '', at: tileAt(10) }
  const visible = await measure(
    async () => {
      for (;;) {
        const { z, x, y } = appeared.at
        const response = await fetch(`${demo.base}/tiles/cases/${z}/${x}/${y}.mvt`, { headers: { cookie } })
        if (response.status !== 200) throw new Error(`${z}/${x}/${y}: ${response.status}`)
        if (Buffer.from(await response.arrayBuffer()).includes(appeared.id)) return
      }
    },
    {
      before: async () => {
        // Another case at the place of one, looked for so near that no crowd hides it.
        const like = some[Math.floor(Math.random() * some.length)]
        if (!like) throw new Error('no case')
        const id = randomUUID()
        await sql`insert into cases.case_file select (jsonb_populate_record(c, jsonb_build_object('id', ${id}::text, 'no', ${id}::text,
          'xid', pg_current_xact_id()::text))).* from cases.case_file c where c.id = ${like.id}`.execute(db)
        appeared = { id, at: { z: 20, x: worldX(like.lon) >> 10, y: worldY(like.lat) >> 10 } }
      },
    },
  )
  console.log(`written to seen in the next tile               ${told(visible)}`)
  console.log(
    `memory after all: ${Object.entries(demo.pids)
      .map(([n, pid]) => `${n} ${memoryMiB(pid).toFixed(0)}`)
      .join(', ')} MiB`,
  )
} finally {
  quiet.release(true)
  await postgis?.close()
  await engine.close()
  await demo.stop()
  if (!wanted.folder) forget(demo.folder)
}
