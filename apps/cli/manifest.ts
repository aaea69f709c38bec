/**
 * What a backup or an export consists of: every file with its size and SHA-256. The manifest is written last; a folder
 * without it is not whole.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'

/** Below the folder, wherever the manifest comes from. */
const inside = z.string().refine((path) => !path.startsWith('/') && !path.split(/[/\\]/).includes('..'))
const FileEntry = z.object({ path: inside, bytes: z.number(), sha256: z.string() })
export type FileEntry = z.infer<typeof FileEntry>

const Migration = z.object({ module: z.string(), name: z.string(), hash: z.string() })
export type MigrationEntry = z.infer<typeof Migration>

const TableEntry = z.object({
  schema: z.string(),
  name: z.string(),
  columns: z.array(z.string()),
  rows: z.number(),
  file: inside,
})
export type TableEntry = z.infer<typeof TableEntry>

const SequenceEntry = z.object({ schema: z.string(), name: z.string(), last: z.string(), called: z.boolean() })
export type SequenceEntry = z.infer<typeof SequenceEntry>

const common = {
  format: z.literal(1),
  made: z.iso.datetime(),
  pentad: z.string(),
  postgres: z.string(),
  migrations: z.array(Migration),
  /** Also those that are empty: the engine misses them. */
  folders: z.array(inside),
  files: z.array(FileEntry),
}
const Manifest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('backup'), walFrom: z.string(), walTo: z.string(), ...common }),
  z.object({
    kind: z.literal('export'),
    tables: z.array(TableEntry),
    sequences: z.array(SequenceEntry),
    ...common,
  }),
])
export type Manifest = z.infer<typeof Manifest>
export type BackupManifest = Extract<Manifest, { kind: 'backup' }>
export type ExportManifest = Extract<Manifest, { kind: 'export' }>

const manifestFile = 'manifest.json'

export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, manifestFile), 'utf8').catch(() => {
    throw new Error(`${folder} has no ${manifestFile}: it is no backup or export, or was cut short`)
  })
  try {
    return Manifest.parse(JSON.parse(text))
  } catch (error) {
    throw new Error(`${join(folder, manifestFile)} cannot be read: ${String(error)}`, {
      cause: error,
    })
  }
}

/** Where files are laid down and accounted for. */
export interface Store {
  folder: string
  files: FileEntry[]
  folders: string[]
  addFolder: (path: string) => Promise<void>
  /** Copies a file as long as it is now; false when it has vanished meanwhile. */
  copy: (from: string, path: string, onBytes?: (bytes: number) => void) => Promise<boolean>
  write: (path: string, text: string) => Promise<void>
  /** Writes what comes; for streams. */
  stream: (path: string, source: AsyncIterable<Uint8Array>) => Promise<void>
  finish: (manifest: Manifest) => Promise<void>
}

/** A new or empty folder that only its owner may read: it will hold everyone's data. */
export async function newStore(folder: string): Promise<Store> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty; choose a new folder`)
  const files: FileEntry[] = []
  const folders: string[] = []
  const addFolder = async (path: string) => {
    await mkdir(join(folder, path), { recursive: true, mode: 0o700 })
    folders.push(path)
  }
  const stream = async (path: string, source: AsyncIterable<Uint8Array>) => {
    await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o700 })
    const file = await open(join(folder, path), 'wx', 0o600)
    files.push({ path, ...(await pour(source, file)) })
  }
  return {
    folder,
    files,
    folders,
    addFolder,
    stream,
    async copy(from, path, onBytes) {
      const source = await open(from, 'r').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (!source) return false
      await stream(path, counted(source, onBytes))
      return true
    },
    write: (path, text) => stream(path, once(Buffer.from(text))),
    async finish(manifest) {
      const file = await open(join(folder, manifestFile), 'wx', 0o600)
      await pour(once(Buffer.from(JSON.stringify(manifest, null, 1))), file)
      const directory = await open(folder, 'r')
      try {
        await directory.sync()
      } finally {
        await directory.close()
      }
    },
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
async function* counted(source: FileHandle, onBytes: (n: number) => void = () => undefined): AsyncGenerator<Buffer> {
  for await (const chunk of source.createReadStream({ highWaterMark: 1 << 20 })) {
    onBytes(chunk.length)
    yield chunk
  }
}

async function pour(source: AsyncIterable<Uint8Array>, file: FileHandle): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of source) {
      hash.update(chunk)
      bytes += chunk.length
      await file.writeFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

export async function sha256Of(path: string, onBytes: (n: number) => void = () => undefined): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), async (source) => {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk)
      onBytes(chunk.length)
    }
  })
  return hash.digest('hex')
}

/** Every difference between the folder and its manifest, in words. */
export async function faultsOf(
  folder: string,
  { files }: Manifest,
  onBytes: (done: number, of: number) => void = () => undefined,
): Promise<string[]> {
  const faults: string[] = []
  const total = files.reduce((sum, f) => sum + f.bytes, 0)
  let done = 0
  for (const { path, bytes, sha256 } of files) {
    const found = await stat(join(folder, path)).catch(() => undefined)
    if (!found) faults.push(`${path}: missing`)
    else if (found.size !== bytes) faults.push(`${path}: ${found.size} bytes instead of ${bytes}`)
    else if ((await sha256Of(join(folder, path))) !== sha256) faults.push(`${path}: its content was changed`)
    done += bytes
    onBytes(done, total)
  }
  const known = new Set([...files.map((f) => f.path), manifestFile])
  for await (const path of filesBelow(folder)) {
    const name = relative(folder, path)
    if (!known.has(name)) faults.push(`${name}: not in the manifest`)
  }
  return faults
}

/** Full paths; a folder that is not there holds nothing. */
export async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else yield path
  }
}
