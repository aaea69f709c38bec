/** For tests: a pack held in memory, read and laid part by part as the loader does it. */
import type { Db } from '@pentad/platform/db'
import type { Changes, Fault, PackLaying, PackPart, PackReading, PackSource } from '@pentad/platform/pack'
import { filesOf } from '@pentad/platform/pack'
import { rulebookParts } from './pack/index.ts'

export type Files = Readonly<Record<string, string>>

const sourceOf = (files: Files): PackSource => {
  const bytes = (path: string) => new TextEncoder().encode(files[path] ?? '')
  return {
    paths: Object.keys(files).sort(),
    sizeOf: (path) => bytes(path).length,
    bytes: async (path) => bytes(path),
    stream: async function* (path) {
      yield bytes(path)
    },
  }
}

export interface ReadPack {
  faults: Fault[]
  read: Map<PackPart, unknown>
}
export async function readPack(files: Files | PackSource): Promise<ReadPack> {
  const source =
    'bytes' in files && typeof files.bytes === 'function' ? (files as PackSource) : sourceOf(files as Files)
  const faults: Fault[] = []
  const read = new Map<PackPart, unknown>()
  const reading: PackReading = {
    source,
    settings: {},
    db: undefined,
    fault: (file, line, code, details = {}) => void faults.push({ file, line, code, details }),
    of: <T>(part: PackPart<T>) => read.get(part as PackPart) as T | undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  }
  for (const part of rulebookParts) if (filesOf(source, part).length > 0) read.set(part, await part.read(reading))
  return { faults, read }
}

/** Lays what was read; the counts by part. */
export async function layPack(
  db: Db,
  { faults, read }: ReadPack,
  now: Date = new Date(),
): Promise<Record<string, Changes>> {
  if (faults.length > 0) throw new Error(JSON.stringify(faults.slice(0, 5)))
  const changes: Record<string, Changes> = {}
  for (const [part, rows] of read) {
    const laying = { db, now, editionId: null, covers: [''], onProgress: () => undefined } as unknown as PackLaying
    changes[part.name] = await part.lay(laying, rows)
  }
  return changes
}
/** `file:line code` of each fault. */
export const said = (faults: readonly Fault[]): string[] => faults.map((f) => `${f.file}:${f.line ?? '-'} ${f.code}`)
