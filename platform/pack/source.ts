/** The files of a pack, from a folder or a zip; a path out of the pack is none of its files. */
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { unzipSync } from 'fflate'

export interface PackSource {
  /** Relative, with `/`, sorted. */
  paths: readonly string[]
  sizeOf: (path: string) => number
  bytes: (path: string) => Promise<Uint8Array>
  stream: (path: string) => AsyncIterable<Uint8Array>
}

const passedOver = (path: string): boolean =>
  path.split('/').some((name) => name.startsWith('.') || name === 'node_modules' || name === '__MACOSX')

export async function folderSource(folder: string): Promise<PackSource> {
  const sizes = new Map<string, number>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const full = join(entry.parentPath, entry.name)
    const path = relative(folder, full).split(sep).join('/')
    if (!passedOver(path)) sizes.set(path, (await stat(full)).size)
  }
  return {
    paths: [...sizes.keys()].sort(),
    sizeOf: (path) => sizes.get(path) ?? 0,
    bytes: (path) => readFile(join(folder, path)),
    stream: (path) => createReadStream(join(folder, path), { highWaterMark: 1 << 18 }),
  }
}

/** A zip may hold a thousand times its size; more than this in all is refused. */
const mostUnpackedBytes = 4_000_000_000

/** One folder around everything, as most zip programs make it, is passed over. */
export function zipSource(zip: Uint8Array, most = mostUnpackedBytes): PackSource {
  let total = 0
  const unpacked = unzipSync(zip, {
    filter: ({ name, originalSize }) => {
      if (name.endsWith('/') || passedOver(name)) return false
      total += originalSize
      if (total > most) throw new Error('pack/too-large')
      return true
    },
  })
  const names = Object.keys(unpacked)
  const [first = ''] = names
  const around = first.includes('/') ? first.slice(0, first.indexOf('/') + 1) : ''
  const shared = around && !names.includes('pack.yaml') && names.every((n) => n.startsWith(around)) ? around : ''
  const files = new Map(
    names
      .filter((n) => !n.split('/').includes('..'))
      .map((n) => [n.slice(shared.length).replaceAll('\\', '/'), unpacked[n] ?? new Uint8Array()]),
  )
  const of = (path: string) => files.get(path) ?? new Uint8Array()
  return {
    paths: [...files.keys()].sort(),
    sizeOf: (path) => of(path).length,
    bytes: async (path) => of(path),
    stream: async function* (path) {
      yield of(path)
    },
  }
}
