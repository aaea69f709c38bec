/** A table in a file, read as a stream: packed or not, in the encodings that cities use. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { commonest, delimiterOf, type Record, recordsOf, takeFrom } from '@pentad/platform/pack'

export const encodings = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof encodings)[number]

export interface TableFile {
  path: string
  /** Of the file as it lies there. */
  sha256: string
  bytes: number
  packed: boolean
  encoding: Encoding
  delimiter: string
  columns: string[]
  /** The line of the column names. */
  headLine: number
}

const sampleLength = 400_000

/** Reads the file once through: its hash, its encoding, how its columns are cut. */
export async function lookAtFile(
  path: string,
  said: { encoding?: Encoding | undefined; delimiter?: string | undefined } = {},
): Promise<TableFile> {
  const { size } = await stat(path)
  const head = await headOf(path)
  if (head[0] === 0x50 && head[1] === 0x4b)
    throw new Error(`${path} is an Excel or zip file: save the table as CSV first`)
  const packed = head[0] === 0x1f && head[1] === 0x8b
  const hash = createHash('sha256')
  const judge = encodingJudge()
  for await (const chunk of bytesOf(path, packed, (raw) => hash.update(raw))) judge.look(chunk)
  const encoding = said.encoding ?? judge.verdict()
  let sample = ''
  for await (const text of textOf({ path, packed, encoding })) {
    sample += text
    if (sample.length >= sampleLength) break
  }
  const first = sample.trimStart()[0]
  if (first === '{' || first === '[' || first === '<')
    throw new Error(
      `${path} is not a table of rows and columns (CSV): it looks like ${first === '<' ? 'XML or HTML' : 'JSON'}`,
    )
  const delimiter = said.delimiter ?? delimiterOf(sample)
  const { headLine, names } = headIn(sample, delimiter)
  return {
    path,
    sha256: hash.digest('hex'),
    bytes: size,
    packed,
    encoding,
    delimiter,
    columns: columnNames(names),
    headLine,
  }
}

export type FoundFile = Pick<TableFile, 'path' | 'packed' | 'encoding'>

/** The rows below the column names. `onBytes` tells how much of the file has been read. */
export async function* rowsOf(file: TableFile, onBytes?: (bytes: number) => void): AsyncGenerator<Record> {
  for await (const record of recordsOf(textOf(file, onBytes), file.delimiter)) {
    if (record.line > file.headLine) yield record
  }
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function* bytesOf(path: string, packed: boolean, onRaw: (raw: Buffer) => void = () => undefined) {
  const source = createReadStream(path, { highWaterMark: 1 << 18 })
  source.on('data', (raw) => onRaw(raw as Buffer))
  if (!packed) {
    yield* source as AsyncIterable<Buffer>
    return
  }
  const gunzip = createGunzip()
  source.once('error', (error) => gunzip.destroy(error))
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Buffer>
  } finally {
    source.destroy()
  }
}

async function* textOf(
  { path, packed, encoding }: FoundFile,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<string> {
  // A decoder drops the byte order mark itself.
  const decoder = new TextDecoder(encoding)
  let read = 0
  for await (const chunk of bytesOf(path, packed, (raw) => {
    read += raw.length
  })) {
    onBytes(read)
    yield decoder.decode(chunk, { stream: true })
  }
  yield decoder.decode()
}

interface Judge {
  look: (chunk: Uint8Array) => void
  verdict: () => Encoding
}

/** Looks at every byte, because the first Chinese word may come late. */
function encodingJudge(): Judge {
  const strict = new TextDecoder('utf-8', { fatal: true })
  let utf8 = true
  let mark: Encoding | undefined
  let begun = false
  let leads = 0
  let pairs = 0
  let high = false
  return {
    look(chunk) {
      if (!begun) {
        begun = true
        if (chunk[0] === 0xff && chunk[1] === 0xfe) mark = 'utf-16le'
        if (chunk[0] === 0xfe && chunk[1] === 0xff) mark = 'utf-16be'
      }
      if (mark) return
      try {
        if (utf8) strict.decode(chunk, { stream: true })
      } catch {
        utf8 = false
      }
      // Chinese in GB 18030 stands in pairs of high bytes; accented letters stand alone.
      for (const byte of chunk) {
        if (high) {
          if (byte >= 0x80) pairs++
          high = false
        } else if (byte >= 0x81) {
          leads++
          high = true
        }
      }
    },
    verdict() {
      if (mark) return mark
      if (utf8) return 'utf-8'
      return pairs > leads * 0.6 ? 'gb18030' : 'windows-1252'
    },
  }
}

/** The first row as wide as most rows; titles above it are passed over. */
function headIn(sample: string, delimiter: string): { headLine: number; names: string[] } {
  const records = takeFrom(sample, { delimiter, line: 1, last: true }).records.flatMap((r) =>
    'fields' in r ? [r] : [],
  )
  const width = commonest(records.slice(0, 100).map((r) => r.fields.length))
  const head = records.find((r) => r.fields.length === width)
  if (!head || width < 2) throw new Error('no table was found in it: the first line must name the columns')
  return { headLine: head.line, names: head.fields }
}

/** Every column has a name of its own. */
function columnNames(fields: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return fields.map((field, i) => {
    const name = field.trim().replaceAll(/\s+/g, ' ') || `column ${i + 1}`
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}
