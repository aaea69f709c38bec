/** The bays in which fixes wait to be packed: appended by COPY, read by device, emptied by the packing alone. */
import { type Db, poolOf, sql } from '@pentad/platform/db'
import pgCopy from 'pg-copy-streams'
import { type Fix, slotMs } from './model/index.ts'

export const bays = 3
/** By the writer's clock. That two writers disagree for a moment, or a clock is wrong, only packs a row later. */
export const bayOf = (atMs: number): number => Math.floor(atMs / slotMs) % bays

export interface HotRow extends Fix {
  handle: number
}

const rowBytes = 2 + 4 * 10 + 8 + 4 * 6 + 2 * 3
const opening = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')

/** The binary form of COPY, written once into one buffer. */
function encoded(rows: readonly HotRow[], bay: number): Buffer {
  const out = Buffer.allocUnsafe(opening.length + rows.length * rowBytes + 2)
  let at = opening.copy(out)
  const int = (value: number) => {
    at = out.writeInt32BE(4, at)
    at = out.writeInt32BE(value, at)
  }
  const small = (value: number) => {
    at = out.writeInt32BE(2, at)
    at = out.writeInt16BE(value, at)
  }
  for (const row of rows) {
    at = out.writeInt16BE(10, at)
    at = out.writeInt32BE(8, at)
    const high = Math.floor(row.atMs / 0x1_0000_0000)
    at = out.writeInt32BE(high, at)
    at = out.writeUInt32BE(row.atMs - high * 0x1_0000_0000, at)
    int(row.handle)
    int(row.lonE6)
    int(row.latE6)
    int(row.alarmBits | 0)
    int(row.statusBits | 0)
    int(row.quality)
    small(row.speedDkmh ?? -1)
    small(row.headingDeg ?? -1)
    small(bay)
  }
  out.writeInt16BE(-1, at)
  return out
}

/** All or none, in a commit of its own; what is sent again is told apart later. */
export async function appendFixes(db: Db, rows: readonly HotRow[], now: Date): Promise<void> {
  if (rows.length === 0) return
  const bay = bayOf(now.getTime())
  const client = await poolOf(db).connect()
  let broken: unknown
  try {
    const stream = client.query(pgCopy.from(`copy sensing.fix_hot_${bay} from stdin binary`))
    await new Promise<void>((done, fail) => {
      stream.once('error', fail)
      stream.once('finish', done)
      stream.end(encoded(rows, bay))
    })
  } catch (error) {
    broken = error
    throw error
  } finally {
    client.release(broken instanceof Error ? broken : undefined)
  }
}

/** The same for a few rows inside somebody's transaction. */
export async function insertFixes(db: Db, rows: readonly HotRow[], now: Date): Promise<void> {
  const column = (of: (row: HotRow) => number) => rows.map(of)
  await sql`insert into sensing.fix_hot select u.*, ${bayOf(now.getTime())}::smallint from unnest(${column((r) => r.atMs)}::bigint[],
    ${column((r) => r.handle)}::int[], ${column((r) => r.lonE6)}::int[], ${column((r) => r.latE6)}::int[],
    ${column((r) => r.alarmBits | 0)}::int[], ${column((r) => r.statusBits | 0)}::int[], ${column((r) => r.quality)}::int[],
    ${column((r) => r.speedDkmh ?? -1)}::smallint[], ${column((r) => r.headingDeg ?? -1)}::smallint[]) u`.execute(db)
}

/** As rows come back when asked for as lists. */
export type HotColumns = [
  atMs: number,
  handle: number,
  lonE6: number,
  latE6: number,
  alarm: number,
  status: number,
  quality: number,
  speed: number,
  heading: number,
]
export const hotColumns = 'at_ms, handle, lon_e6, lat_e6, alarm_bits, status_bits, quality, speed_dkmh, heading_deg'
export const fixOfColumns = (c: HotColumns): Fix => ({
  atMs: c[0],
  lonE6: c[2],
  latE6: c[3],
  alarmBits: c[4] >>> 0,
  statusBits: c[5] >>> 0,
  quality: c[6],
  speedDkmh: c[7] < 0 ? null : c[7],
  headingDeg: c[8] < 0 ? null : c[8],
})
