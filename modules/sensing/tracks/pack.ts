/** Packs a bay: its fixes become rows of ten minutes, with what came of those minutes before; then the bay is empty. */
import { type Db, poolOf } from '@pentad/platform/db'
import type pg from 'pg'
import { bayOf, bays, fixOfColumns, type HotColumns, hotColumns } from './bays.ts'
import { boundsOf, decodeChunk, encodeChunk, type Fix, merged, slotOf } from './model/index.ts'

/** Fixes read at once: some 100 bytes each while they are in hand. */
const fixesAtOnce = 100_000

/** Packs every bay that nobody writes into at this instant; gives how many fixes that were. */
export async function packBays(db: Db, now: Date): Promise<number> {
  let packed = 0
  for (let bay = 0; bay < bays; bay++) if (bay !== bayOf(now.getTime())) packed += await packBay(db, bay)
  return packed
}

/** In one transaction: whoever asks meanwhile finds each fix in the bay or in its row, never in both and never in neither. */
export async function packBay(db: Db, bay: number): Promise<number> {
  const client = await poolOf(db).connect()
  const table = `sensing.fix_hot_${bay}`
  let broken: unknown
  try {
    const { rows } = await client.query(`select 1 from ${table} limit 1`)
    if (rows.length === 0) return 0
    await client.query('begin')
    // Writers to this bay wait, readers do not; a second worker finds it empty afterwards.
    await client.query(`lock table ${table} in exclusive mode`)
    await client.query('set local statement_timeout = 0')
    const count = await packAll(client, table)
    await client.query(`truncate ${table}`)
    await client.query('commit')
    return count
  } catch (error) {
    broken = error
    throw error
  } finally {
    // A connection given back broken takes its transaction with it.
    client.release(broken instanceof Error ? broken : undefined)
  }
}

async function packAll(client: pg.PoolClient, table: string): Promise<number> {
  await client.query(`declare fixes no scroll cursor for select ${hotColumns} from ${table} order by handle, at_ms`)
  let count = 0
  let chunk = new Chunks()
  for (;;) {
    const { rows } = await client.query<HotColumns>({ text: `fetch ${fixesAtOnce} from fixes`, rowMode: 'array' })
    for (const row of rows) chunk.add(row[1], fixOfColumns(row))
    count += rows.length
    const last = rows.length < fixesAtOnce
    await writeChunks(client, last ? chunk.all() : chunk.finished())
    if (last) {
      await client.query('close fixes')
      return count
    }
    chunk = chunk.rest()
  }
}

interface Open {
  handle: number
  slotMs: number
  fixes: Fix[]
}

/** Fixes in the order of devices and times, gathered by slot; the last slot may go on in what is read next. */
class Chunks {
  private readonly open: Open[] = []
  add(handle: number, fix: Fix): void {
    const slot = slotOf(fix.atMs)
    const last = this.open.at(-1)
    if (last && last.handle === handle && last.slotMs === slot) last.fixes.push(fix)
    else this.open.push({ handle, slotMs: slot, fixes: [fix] })
  }
  all = (): Open[] => this.open
  finished = (): Open[] => this.open.slice(0, -1)
  rest(): Chunks {
    const rest = new Chunks()
    const last = this.open.at(-1)
    if (last) rest.open.push(last)
    return rest
  }
}

async function writeChunks(client: pg.PoolClient, open: readonly Open[]): Promise<void> {
  if (open.length === 0) return
  const handles = open.map((o) => o.handle)
  const slots = open.map((o) => new Date(o.slotMs))
  const { rows } = await client.query<{ handle: number; at: Date; body: Buffer }>({
    text: `select t.handle, t.at, t.body from unnest($1::int[], $2::timestamptz[]) u (handle, at)
      join sensing.track t on t.handle = u.handle and t.at = u.at`,
    values: [handles, slots],
  })
  const known = new Map(rows.map((row) => [`${row.handle} ${row.at.getTime()}`, row.body]))
  const whole = open.map(({ handle, slotMs, fixes }) => {
    const body = known.get(`${handle} ${slotMs}`)
    return merged(body ? decodeChunk(slotMs, body) : [], fixes)
  })
  const bounds = whole.map(boundsOf)
  // Cells are looked up afterwards: what goes wrong there must not keep a fix from its row.
  await client.query({
    text: 'insert into sensing.pass_due (handle, at) select * from unnest($1::int[], $2::timestamptz[]) on conflict do nothing',
    values: [handles, slots],
  })
  await client.query({
    text: `insert into sensing.track (handle, at, fixes, west_e6, south_e6, east_e6, north_e6, body)
      select * from unnest($1::int[], $2::timestamptz[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::bytea[])
      on conflict (handle, at) do update set fixes = excluded.fixes, west_e6 = excluded.west_e6, south_e6 = excluded.south_e6,
        east_e6 = excluded.east_e6, north_e6 = excluded.north_e6, body = excluded.body`,
    values: [
      handles,
      slots,
      whole.map((fixes) => fixes.length),
      bounds.map((b) => b?.west ?? null),
      bounds.map((b) => b?.south ?? null),
      bounds.map((b) => b?.east ?? null),
      bounds.map((b) => b?.north ?? null),
      whole.map((fixes, i) => Buffer.from(encodeChunk(open[i]?.slotMs ?? 0, fixes))),
    ],
  })
}
