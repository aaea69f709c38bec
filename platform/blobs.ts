/** Files by the hash of their bytes: written once, never changed, the same everywhere. Here: a folder; the seam for S3. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'

export interface Blobs {
  /** Stores the bytes, safe against a power cut when it returns, and gives their SHA-256 in hexadecimal. */
  put: (bytes: Uint8Array) => Promise<string>
  /** A thing made from the blob (a smaller picture): may be lost, since it can be made again. */
  putDerived: (sha256: string, name: string, bytes: Uint8Array) => Promise<void>
  read: (sha256: string, name?: string) => Promise<Buffer | undefined>
  stream: (sha256: string) => Readable
}

export function folderBlobs(folder: string): Blobs {
  const pathOf = (sha256: string, name?: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('not a SHA-256')
    return join(folder, name ? 'derived' : 'sha256', sha256.slice(0, 2), sha256 + (name ? `.${name}` : ''))
  }
  async function write(path: string, bytes: Uint8Array, durable: boolean): Promise<void> {
    await mkdir(dirname(path), { recursive: true })
    // Whole under a name of its own first: a reader never meets half a file.
    const draft = `${path}.${randomUUID()}.tmp`
    const file = await open(draft, 'wx', 0o640)
    try {
      await file.writeFile(bytes)
      if (durable) await file.sync()
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    } finally {
      await file.close()
    }
    await rename(draft, path)
    if (!durable) return
    const parent = await open(dirname(path), 'r')
    try {
      await parent.sync()
    } finally {
      await parent.close()
    }
  }
  return {
    async put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const path = pathOf(sha256)
      if (!(await stat(path).catch(() => undefined))) await write(path, bytes, true)
      return sha256
    },
    putDerived: (sha256, name, bytes) => write(pathOf(sha256, name), bytes, false),
    read: (sha256, name) => readFile(pathOf(sha256, name)).catch(() => undefined),
    stream: (sha256) => createReadStream(pathOf(sha256)),
  }
}
