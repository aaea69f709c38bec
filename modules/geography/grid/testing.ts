/** For tests: packs out of words, read and laid by the parts of the grid. */

import type { Db } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import {
  type Changes,
  type Fault,
  filesOf,
  type PackPart,
  type PackReading,
  type PackSource,
} from '@pentad/platform/pack'
import { testDatabase } from '@pentad/platform/testing'
import type pg from 'pg'
import { parse } from 'yaml'
import { beginEdition, endEdition, putCity } from '../editions.ts'
import { areasPart } from './pack-areas.ts'
import { cellsPart } from './pack-cells.ts'
import { dutyGridsPart, specialGridsPart } from './pack-grids.ts'

export { testDatabase }
export const gridParts = [areasPart, cellsPart, specialGridsPart, dutyGridsPart] as readonly PackPart[]

/** A pack of these files. */
export function wordsSource(files: Readonly<Record<string, string>>): PackSource {
  const bytes = (path: string): Uint8Array => new TextEncoder().encode(files[path] ?? '')
  return {
    paths: Object.keys(files).sort(),
    sizeOf: (path) => bytes(path).length,
    bytes: async (path) => bytes(path),
    stream: async function* (path) {
      yield bytes(path)
    },
  }
}

/** Reads all parts; the faults as `file:line code`. */
export async function readParts(
  source: PackSource,
  db?: Db,
): Promise<{ read: Map<PackPart, unknown>; faults: Fault[] }> {
  const read = new Map<PackPart, unknown>()
  const faults: Fault[] = []
  const reading: PackReading = {
    source,
    settings: parse(new TextDecoder().decode(await source.bytes('pack.yaml'))) as Record<string, unknown>,
    db,
    fault: (file, line, code, details = {}) => faults.push({ file, line, code, details }),
    of: <T>(p: PackPart<T>) => read.get(p as PackPart) as T | undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  }
  for (const p of gridParts) if (filesOf(source, p).length) read.set(p, await p.read(reading))
  return { read, faults }
}

/** Loads a pack as an edition, as the loader does. */
export async function loadParts(
  pool: pg.Pool,
  source: PackSource,
  now: Date,
  covers: readonly string[] = [''],
): Promise<{ changes: Record<string, Changes>; faults: Fault[] }> {
  const { read, faults } = await readParts(source)
  const changes: Record<string, Changes> = {}
  if (faults.length) return { changes, faults }
  await bulkTransaction(pool, async ({ db, client }) => {
    const name = { nameZh: '试验市', nameEn: 'Test City', labelZh: '模拟', labelEn: 'Simulated' }
    await putCity(db, { ...name, bounds: [116, 39, 117, 40] })
    const editionId = await beginEdition(db, { kind: 'pack', byPerson: null, note: '', now })
    const signal = new AbortController().signal
    for (const [p, rows] of read)
      changes[p.name] = await p.lay({ db, client, editionId, covers, now, onProgress: () => undefined, signal }, rows)
    await endEdition(db, editionId, changes)
  })
  return { changes, faults }
}

/** Two streets of one community each, three squares of 100 m in a row: two of the first, one of the second. */
export const smallCity = {
  'pack.yaml': 'id: test\nepsg: 4548\n',
  'areas/areas.csv': `code,level,name,parent_code
110000,city,试验市,
110101,district,甲区,110000
110101001,street,东街,110101
110101002,street,西街,110101
110101001001,community,东一社区,110101001
110101002001,community,西一社区,110101002
`,
  'areas/cells.csv': `code,community_code,x_m,y_m
110101001001001,110101001001,450000,4420000
110101001001002,110101001001,450100,4420000
110101002001001,110101002001,450200,4420000
`,
}
