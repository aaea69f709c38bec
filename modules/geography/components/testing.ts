/** For tests: two districts of square cells and a census written as a table. */
import { type Db, sql } from '@pentad/platform/db'
import { insertRows } from '@pentad/platform/db/bulk'
import { toDegrees } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import type { Fault, PackSource } from '@pentad/platform/pack'

/** South-west corner in Gauss–Krüger metres; 110101 in the west, 110102 in the east, a street each, 10 × 10 cells each. */
const corner = { xM: 450_000, yM: 4_420_000 }
const side = 10

const cellCode = (column: number, row: number): string =>
  `${column < side ? '110101001001' : '110102001001'}${String((column % side) * side + row + 1).padStart(3, '0')}`

/** A point so many metres east and north of the corner. */
export function pointAt(eastM: number, northM: number): { lon: number; lat: number } {
  const [lon, lat] = toDegrees(corner.xM + eastM, corner.yM + northM)
  return { lon, lat }
}
export const cellAt = (eastM: number, northM: number): string =>
  cellCode(Math.floor(eastM / 100), Math.floor(northM / 100))

export async function layGrid(db: Db): Promise<void> {
  const area = (code: string, level: string, parent_code: string | null) => ({
    code,
    level,
    name: `${level}${code}`,
    parent_code,
  })
  await insertRows(db, 'geography.area', { code: 'text', level: 'text', name: 'text', parent_code: 'text' }, [
    area('110000', 'city', null),
    ...['110101', '110102'].flatMap((d) => [
      area(d, 'district', '110000'),
      area(`${d}001`, 'street', d),
      area(`${d}001001`, 'community', `${d}001`),
    ]),
  ])
  const cells = Array.from({ length: side * 2 * side }, (_, i) => {
    const [column, row] = [i % (side * 2), Math.floor(i / (side * 2))]
    const ring = [
      [0, 0],
      [100, 0],
      [100, 100],
      [0, 100],
      [0, 0],
    ].map(([dx = 0, dy = 0]) => toDegrees(corner.xM + column * 100 + dx, corner.yM + row * 100 + dy))
    const code = cellCode(column, row)
    return { code, community_code: code.slice(0, 12), ...pointAt(column * 100 + 50, row * 100 + 50), ring }
  })
  await insertRows(
    db,
    'geography.cell',
    { code: 'text', community_code: 'text', lon: 'float8', lat: 'float8', ring: 'jsonb' },
    cells,
  )
  await sql`insert into geography.city (version, name_zh, name_en, label_zh, label_en, bounds)
    values (${newId()}, '试验市', 'Test City', '模拟数据', 'Simulated', ${[116, 39, 117, 40]})`.execute(db)
}

/** A pack of files in memory. */
export function sourceOf(files: Readonly<Record<string, string | Uint8Array>>): PackSource {
  const bytes = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    ]),
  )
  const of = (path: string) => bytes.get(path) ?? new Uint8Array()
  return {
    paths: [...bytes.keys()].sort(),
    sizeOf: (path) => of(path).length,
    bytes: async (path) => of(path),
    stream: async function* (path) {
      yield of(path)
    },
  }
}

/** A reading that keeps what was said. */
export function readingOf(source: PackSource, settings: Readonly<Record<string, unknown>> = {}) {
  const faults: Fault[] = []
  return {
    faults,
    reading: {
      source,
      settings,
      db: undefined,
      fault: (file: string, line: number | null, code: string, details: Fault['details'] = {}) =>
        void faults.push({ file, line, code, details }),
      of: () => undefined,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    },
  }
}
