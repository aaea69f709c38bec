/** Reads MBTiles 1.3 (https://github.com/mapbox/mbtiles-spec): SQLite with TMS rows and gzipped vector tiles. */
import { DatabaseSync } from 'node:sqlite'

export interface Mbtiles {
  metadata: Readonly<Record<string, string>>
  /** As it lies in the file, mostly gzipped; rows counted from the north. */
  tile: (z: number, x: number, y: number) => Uint8Array | undefined
  /** Every tile, for copying. */
  all: () => Iterable<{ z: number; x: number; y: number; data: Uint8Array }>
  close: () => void
}

/** Opens a file; what is wrong with it, as a code of this module's messages, where it is none of ours. */
export function openMbtiles(
  path: string,
): Mbtiles | { wrong: 'geography/not-mbtiles' | 'geography/mbtiles-format'; format?: string } {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { readOnly: true })
    const metadata = Object.fromEntries(
      db
        .prepare('select name, value from metadata')
        .all()
        .map(({ name, value }) => [String(name), String(value)]),
    )
    const one = db.prepare('select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ?')
    one.get(0, 0, 0)
    if (metadata.format !== 'pbf') {
      db.close()
      return { wrong: 'geography/mbtiles-format', format: metadata.format ?? '' }
    }
    const opened = db
    return {
      metadata,
      tile: (z, x, y) => (one.get(z, x, 2 ** z - 1 - y) as { tile_data?: Uint8Array } | undefined)?.tile_data,
      *all() {
        const rows = opened.prepare('select zoom_level, tile_column, tile_row, tile_data from tiles').iterate()
        for (const row of rows) {
          const z = Number(row.zoom_level)
          yield {
            z,
            x: Number(row.tile_column),
            y: 2 ** z - 1 - Number(row.tile_row),
            data: row.tile_data as Uint8Array,
          }
        }
      },
      close: () => opened.close(),
    }
  } catch {
    db?.close()
    return { wrong: 'geography/not-mbtiles' }
  }
}

/** The parts of a TileJSON that the metadata say. */
export function tileJsonOf(metadata: Readonly<Record<string, string>>) {
  const numbers = (text: string | undefined): number[] => (text ?? '').split(',').map(Number).filter(Number.isFinite)
  const bounds = numbers(metadata.bounds)
  let layers: unknown[] = []
  try {
    layers = (JSON.parse(metadata.json ?? '{}') as { vector_layers?: unknown[] }).vector_layers ?? []
  } catch {
    // Without the list of layers the tiles are as good.
  }
  return {
    name: metadata.name ?? '',
    attribution: metadata.attribution ?? '',
    minzoom: Number(metadata.minzoom ?? 0),
    maxzoom: Number(metadata.maxzoom ?? 14),
    ...(bounds.length === 4 ? { bounds } : {}),
    vector_layers: layers,
  }
}
