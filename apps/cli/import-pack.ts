/** `./pentad import standards | laws | divisions`: outside tables and texts become files of a city pack, which then goes through check and load like any other. */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { readDivisions } from '@pentad/geography'
import { type Converted, readLawFolder, readStandardsTable } from '@pentad/rulebook'
import { isSeq, parseDocument } from 'yaml'
import { asCalled, countSaid } from './arguments.ts'
import { complain, say } from './say.ts'

export const packSources = ['standards', 'laws', 'divisions'] as const
export type PackKind = (typeof packSources)[number]

export interface PackOrder {
  what: PackKind
  from: string
  into: string
  scheme?: string | undefined
  version?: string | undefined
  nameZh?: string | undefined
  /** New cases are to be filed under this list. */
  inForce: boolean
  /** Only this branch of the divisions. */
  within?: string | undefined
}

const plain = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u
const mostSaid = 20

/** Converts and writes; returns the exit code. What could not be read is said line by line and counted. */
export async function importIntoPack(order: PackOrder): Promise<number> {
  const into = asCalled(order.into)
  const standing = (path: string): string | undefined =>
    existsSync(join(into, path)) ? readFileSync(join(into, path), 'utf8') : undefined
  const { files, counts, left } = await converted(order, asCalled(order.from), standing)
  for (const line of left.slice(0, mostSaid)) complain(`  · ${line}`)
  if (left.length > mostSaid) complain(`  · and ${countSaid(left.length - mostSaid)} more`)
  if (files.length === 0) {
    complain('  ✗ nothing was written')
    return 1
  }
  for (const { path, text } of files) {
    await mkdir(dirname(join(into, path)), { recursive: true })
    await writeFile(join(into, path), text)
  }
  await noteSource(into, order, files)
  say(
    `  ✓ ${Object.entries(counts)
      .map(([name, n]) => `${countSaid(n)} ${name}`)
      .join(', ')} → ${into}${left.length ? `; ${countSaid(left.length)} to look at` : ''}`,
  )
  say(`    ./pentad pack check ${order.into}`)
  return 0
}

async function converted(
  order: PackOrder,
  from: string,
  standing: (path: string) => string | undefined,
): Promise<Converted> {
  if (order.what === 'laws')
    return readLawFolder({
      index: await textFrom(join(from, 'index.csv')),
      textOf: (file) => {
        const path = [join(from, 'texts', basename(file)), join(from, basename(file))].find((p) => existsSync(p))
        return path ? readFileSync(path, 'utf8') : undefined
      },
      before: standing('laws/index.csv'),
    })
  const text = await textFrom(from)
  if (order.what === 'divisions') {
    const { text: areas, counts, left } = readDivisions(text, order.within)
    return { files: areas ? [{ path: 'areas/areas.csv', text: areas }] : [], counts, left }
  }
  const { scheme, version, nameZh, inForce } = order
  if (!scheme || !version || !plain.test(scheme) || !plain.test(version))
    return { files: [], counts: {}, left: ['--scheme and --version name the list: letters, digits, dots and hyphens'] }
  return readStandardsTable(text, { scheme, version, nameZh, inForce, schemes: standing('rulebook/schemes.csv') })
}

/** A file's text; a `.gz` is unpacked. */
async function textFrom(path: string): Promise<string> {
  const bytes = await readFile(path)
  return new TextDecoder('utf-8', { fatal: true }).decode(path.endsWith('.gz') ? gunzipSync(bytes) : bytes)
}

/** Writes into `pack.yaml` what came from where; a pack that has none begins one. */
async function noteSource(into: string, { what, from }: PackOrder, files: Converted['files']): Promise<void> {
  const path = join(into, 'pack.yaml')
  const document = parseDocument(existsSync(path) ? await readFile(path, 'utf8') : emptyManifest(basename(into)))
  const listed = document.get('files')
  const folders = [...new Set(files.map((f) => (what === 'laws' ? 'laws/' : f.path)))]
  const old: unknown[] = isSeq(listed) ? (listed.toJSON() as unknown[]) : []
  const known = new Set(old.map((f) => (f as { path?: string }).path))
  for (const file of folders.filter((f) => !known.has(f)))
    document.addIn(['files'], {
      path: file,
      titleZh: file,
      titleEn: file,
      source: `imported from ${basename(from)}`,
      licence: 'as its source',
    })
  await writeFile(path, document.toString({ lineWidth: 0 }))
}

const emptyManifest = (
  name: string,
): string => `# A city pack begun by ./pentad import. Names, box and centre are the city's to fill in.
id: ${name}
nameZh: ${name}
nameEn: ${name}
version: 1.0.0
labelZh: ""
labelEn: ""
timeZone: Asia/Shanghai
bbox: [73.4, 3.8, 135.1, 53.6] # west, south, east, north in degrees: all of China until narrowed
centre: [116.391, 39.907]
epsg: 4548 # frame of x_m and y_m of cells: CGCS2000 / 3-degree Gauss-Kruger
files: []
`
