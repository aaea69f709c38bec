/** Reads a pack through, part by part, and says everything that is wrong with it. Writes nothing. */
import type { Db } from '@pentad/platform/db'
import { type Fault, filesOf, matches, type PackPart, type PackReading, type PackSource } from '@pentad/platform/pack'
import { type Manifest, manifestFile, readManifest } from './manifest.ts'

export interface ReadPart {
  part: PackPart
  rows: unknown
}
export interface PackRead {
  manifest: Manifest | undefined
  parts: ReadPart[]
  /** By file and line. Of one file at most some hundred; `faultCount` counts all. */
  faults: Fault[]
  faultCount: number
}

export interface Watch {
  onProgress?: (part: string, done: number, of?: number) => void
  signal?: AbortSignal
}

const mostFaultsOfAFile = 300

/** Each part reads only when the pack has one of its files. */
export async function readPack(
  source: PackSource,
  parts: readonly PackPart[],
  { onProgress = () => undefined, signal = new AbortController().signal, db }: Watch & { db?: Db } = {},
): Promise<PackRead> {
  const { manifest, settings, faults: first } = await readManifest(source)
  const told = collector(first)
  const read = new Map<PackPart, unknown>()
  if (manifest) {
    sayStrangers(source, parts, manifest, told.fault)
    for (const part of parts) {
      const [first] = filesOf(source, part)
      if (first === undefined) continue
      if (part.wholeCity && manifest.covers) {
        told.fault(first, null, 'pack/whole-city', { covers: manifest.covers.join(', ') })
        continue
      }
      signal.throwIfAborted()
      onProgress(part.name, 0)
      const reading: PackReading = {
        source,
        settings,
        db,
        fault: told.fault,
        of: <T>(other: PackPart<T>) => read.get(other as PackPart) as T | undefined,
        onProgress: (done, of) => onProgress(part.name, done, of),
        signal,
      }
      read.set(part, await part.read(reading))
    }
  }
  return { manifest, parts: [...read].map(([part, rows]) => ({ part, rows })), ...told.all() }
}

function collector(first: readonly Fault[]) {
  const faults: Fault[] = [...first]
  const counts = new Map<string, number>()
  let faultCount = first.length
  return {
    fault: (file: string, line: number | null, code: string, details: Fault['details'] = {}): void => {
      faultCount++
      const count = (counts.get(file) ?? 0) + 1
      counts.set(file, count)
      if (count <= mostFaultsOfAFile) faults.push({ file, line, code, details })
    },
    all: () => ({
      faults: faults.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0))),
      faultCount,
    }),
  }
}

/** A table whose name nobody knows is more likely misspelt than meant to be left. */
const tables = /\.(csv|geojson|zip|ya?ml|mbtiles)$/i
function sayStrangers(
  source: PackSource,
  parts: readonly PackPart[],
  { beside }: Manifest,
  fault: PackReading['fault'],
): void {
  const known = [manifestFile, ...beside, ...parts.flatMap((p) => p.files)]
  for (const path of source.paths)
    if (tables.test(path) && !known.some((pattern) => matches(pattern, path))) fault(path, null, 'pack/unknown-file')
}
