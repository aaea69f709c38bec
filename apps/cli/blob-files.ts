/** The blobs (photos, documents) as files: copied, and checked against their names, which are their hashes. */
import { stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { filesBelow, type Store, sha256Of } from './manifest.ts'

const isHash = /^[0-9a-f]{64}$/

/** Whole blobs only: drafts are nobody's yet, and smaller pictures are made again. */
async function* blobsBelow(folder: string): AsyncGenerator<string> {
  for await (const path of filesBelow(join(folder, 'sha256'))) if (isHash.test(basename(path))) yield path
}

export async function copyBlobs(
  folder: string,
  store: Store,
  onBlob: (count: number, bytes: number) => void,
): Promise<{ count: number; bytes: number }> {
  let count = 0
  let bytes = 0
  for await (const path of blobsBelow(folder)) {
    await store.copy(path, join('blobs', relative(folder, path)), (n) => {
      bytes += n
    })
    count++
    onBlob(count, bytes)
  }
  return { count, bytes }
}

/** Blobs that the database names and the folder has not, or whose bytes are not those of their name. */
export async function blobFaults(
  folder: string,
  named: Iterable<string>,
): Promise<{ faults: string[]; count: number }> {
  const faults: string[] = []
  let count = 0
  const there = new Set<string>()
  for await (const path of blobsBelow(folder)) {
    const name = basename(path)
    there.add(name)
    count++
    if ((await sha256Of(path)) !== name) faults.push(`blob ${name}: its content was changed`)
  }
  for (const sha256 of named) {
    if (there.has(sha256)) continue
    const found = await stat(join(folder, 'sha256', sha256.slice(0, 2), sha256)).catch(() => undefined)
    if (!found) faults.push(`blob ${sha256}: missing`)
  }
  return { faults, count }
}
