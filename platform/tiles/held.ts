/** One layer in this process's memory: loaded when it is first asked for, then followed. Every process holds its own. */
import { type Db, markNow, type RawSql, sql } from '../db/index.ts'
import { joined } from '../joined.ts'
import { PointStore } from './points.ts'
import { type GeoJson, type Shape, ShapeStore, shapeOf } from './shapes.ts'
import type { LayerSource } from './source.ts'

export interface ShapeThing {
  key: string
  areaCode: string | null
  unitId: string | null
  state: string | null
  values: readonly (string | number | null)[]
}
interface ShapeRow extends ShapeThing {
  shape: Shape
}

interface Row {
  key: string
  lon: number
  lat: number
  geometry?: GeoJson
  area_code: string | null
  unit_id: string | null
  shown: boolean
  state: string | null
  /** Seconds of the epoch. */
  turn1: number | null
  turn2: number | null
  [property: string]: unknown
}

/** Where the OGC API and tiles agree on the state of a row. */
export function stateNow(words: string, turn1: number, turn2: number, nowSeconds: number): string {
  const [first = '', second = first, third = second] = words.split('>')
  return turn2 && nowSeconds >= turn2 ? third : turn1 && nowSeconds >= turn1 ? second : first
}

/** Rows read at once while loading. */
const batch = 20_000

/** The columns of a layer that are kept in memory. */
export const keptColumns = ({ properties }: LayerSource): { name: string; type: 'word' | 'number' }[] =>
  Object.entries(properties).flatMap(([name, { type }]) =>
    type === 'word' || type === 'number' ? [{ name, type }] : [],
  )

const epoch = (column: string): RawSql => sql.raw(`extract(epoch from r.${column})::float8 as ${column}`)

export class HeldLayer {
  readonly source: LayerSource
  points: PointStore | undefined
  shapes: ShapeStore<ShapeThing> | undefined
  /** Another after everything was read anew. */
  edition = 0
  private readonly db: Db
  private readonly columns: { name: string; type: 'word' | 'number' }[]
  private mark: string | undefined
  private readVersion: string | undefined
  private shapeRows = new Map<string, ShapeRow>()
  private now = new Date(0)
  private readonly renew = joined(() => this.read(this.now))

  constructor(source: LayerSource, db: Db) {
    this.source = source
    this.db = db
    this.columns = keptColumns(source)
  }

  get isLoaded(): boolean {
    return this.points !== undefined || this.shapes !== undefined
  }

  /** Returns when everything is here that was committed before the call. */
  fresh(now: Date): Promise<void> {
    this.now = now
    return this.renew()
  }

  private async read(now: Date): Promise<void> {
    if (this.source.version) {
      const version = await this.source.version(this.db)
      if (version !== this.readVersion) {
        await this.load(now)
        this.readVersion = version
      }
    } else if (this.mark === undefined) {
      const next = await markNow(this.db)
      await this.load(now)
      // What commits while we read has this number or a higher one.
      this.mark = next
    } else await this.follow(this.mark, now)
    this.points?.advance(seconds(now))
  }

  private select(): RawSql {
    const { kind, states, turns } = this.source
    const columns = [
      sql.raw('r.key::text as key, r.area_code, r.unit_id, r.shown'),
      kind === 'point' ? sql.raw('r.lon, r.lat') : sql.raw('r.geometry'),
      ...(states ? [sql.raw('r.state')] : []),
      ...(turns ? [epoch('turn1'), epoch('turn2')] : []),
      ...this.columns.map(
        ({ name, type }) =>
          sql`r.${sql.ref(name)}${type === 'number' ? sql.raw('::int') : sql.raw('::text')} as ${sql.ref(name)}`,
      ),
    ]
    return sql.join(columns)
  }

  private async load(now: Date): Promise<void> {
    const { kind, keys, states = [] } = this.source
    const points =
      kind === 'point' ? new PointStore({ keys, states: states.map((s) => s.id), columns: this.columns }) : undefined
    const shapes = new Map<string, ShapeRow>()
    const at = seconds(now)
    await this.db.transaction().execute(async (tx) => {
      await sql`declare layer_rows no scroll cursor for select ${this.select()} from (${this.source.rows()}) r where r.shown`.execute(
        tx,
      )
      for (;;) {
        const { rows } = await sql<Row>`fetch ${sql.raw(String(batch))} from layer_rows`.execute(tx)
        for (const row of rows) {
          if (points) points.put(this.pointRow(row), at)
          else if (row.geometry) shapes.set(row.key, this.shapeRow(row))
        }
        if (rows.length < batch) break
      }
    })
    this.edition++
    points?.loaded()
    this.points = points
    this.shapeRows = shapes
    if (!points) this.indexShapes()
  }

  /** Reads what changed since the mark, in one question with the mark for the next time; some may come twice, none is missed. */
  private async follow(mark: string, now: Date): Promise<void> {
    const { rows } = await sql<Row & { mark: string; key: string | null }>`
      select m.mark, ${this.select()}
      from (select pg_snapshot_xmin(pg_current_snapshot())::text as mark) m
      left join (${this.source.rows()}) r on r.xid >= ${mark}::xid8`.execute(this.db)
    let moved = false
    const at = seconds(now)
    for (const row of rows) {
      if (row.key === null) continue
      if (this.points) {
        if (row.shown) this.points.put(this.pointRow(row), at)
        else this.points.remove(row.key)
      } else {
        moved = true
        if (row.shown && row.geometry) this.shapeRows.set(row.key, this.shapeRow(row))
        else this.shapeRows.delete(row.key)
      }
    }
    if (moved) {
      this.edition++
      this.indexShapes()
    }
    this.mark = rows[0]?.mark ?? mark
  }

  private indexShapes(): void {
    this.shapes = new ShapeStore([...this.shapeRows.values()].map(({ shape, ...of }) => ({ shape, of })))
  }

  private pointRow(row: Row) {
    return {
      key: row.key,
      lon: row.lon,
      lat: row.lat,
      areaCode: row.area_code,
      unitId: row.unit_id,
      state: row.state ?? '',
      turn1: Math.ceil(row.turn1 ?? 0),
      turn2: Math.ceil(row.turn2 ?? 0),
      values: this.valuesOf(row),
    }
  }
  private shapeRow(row: Row): ShapeRow {
    return {
      key: row.key,
      areaCode: row.area_code,
      unitId: row.unit_id,
      state: row.state ?? null,
      values: this.valuesOf(row),
      shape: shapeOf(row.geometry as GeoJson),
    }
  }
  private valuesOf(row: Row): (string | number | null)[] {
    return this.columns.map(({ name }) => (row[name] ?? null) as string | number | null)
  }
}

const seconds = (now: Date): number => Math.floor(now.getTime() / 1000)
