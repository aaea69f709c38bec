/** Rows of a census file, whatever its form: CSV, GeoJSON, a zip with a shapefile. Each with its line, or its record's number. */
import { type Crs, crsNamed, crsOfWkt } from '@pentad/platform/crs'
import { featuresIn, type PackReading, type PackSource, rowsIn, zipSource } from '@pentad/platform/pack'
import { open } from 'shapefile'
import { columnsAmong, type SayFault, type Values } from './row.ts'

export interface RawRow {
  line: number
  values: Values
  /** Of the file, where it says one. */
  crs: Crs | undefined
  say: SayFault
}

/** What reading needs of a pack's reading; an upload gives the same. */
export type CensusReading = Pick<PackReading, 'source' | 'fault' | 'onProgress' | 'signal'>

export async function* rawRows(reading: CensusReading, file: string): AsyncGenerator<RawRow> {
  if (/\.zip$/i.test(file)) yield* shapeRows(reading, file)
  else if (/\.(?:geo)?json$/i.test(file)) yield* featureRows(reading, file)
  else yield* tableRows(reading, file)
}

/** What the readers of the platform take; they use no more of it than a census has. */
const asPackReading = (reading: CensusReading): PackReading => reading as PackReading

async function* tableRows(reading: CensusReading, file: string): AsyncGenerator<RawRow> {
  const columns = columnsAmong(await headerOf(reading.source, file))
  const spec: Record<string, { optional?: boolean }> = {}
  for (const needed of ['id', 'name'] as const) spec[columns.get(needed) ?? needed] = {}
  for (const [column, name] of columns) if (column !== 'id' && column !== 'name') spec[name] = { optional: true }
  for await (const row of rowsIn(asPackReading(reading), file, spec)) {
    const values: Values = (column) => {
      const name = columns.get(column)
      return name === undefined ? '' : (row.optional(name) ?? '')
    }
    yield { line: row.line, values, crs: undefined, say: row.fault }
  }
}

/** Names in the first line; only to know which spelling they have, the reader judges them. */
async function headerOf(source: PackSource, file: string): Promise<string[]> {
  for await (const chunk of source.stream(file)) {
    const [line = ''] = new TextDecoder().decode(chunk).split(/\r?\n/, 1)
    return line.split(',').map((name) => name.trim().replace(/^\uFEFF?"?|"$/g, ''))
  }
  return []
}

async function* featureRows(reading: CensusReading, file: string): AsyncGenerator<RawRow> {
  const read = await featuresIn(asPackReading(reading), file)
  for (const { line, properties, geometry } of read?.features ?? []) {
    reading.signal.throwIfAborted()
    const say: SayFault = (code, details = {}) => reading.fault(file, line, code, details)
    yield { line, ...shaped(properties, geometry, say), crs: undefined, say }
  }
}

async function* shapeRows(reading: CensusReading, file: string): AsyncGenerator<RawRow> {
  const say: SayFault = (code, details = {}) => reading.fault(file, null, code, details)
  const zip = await unpacked(reading, file)
  if (!zip) return say('pack/shapefile', { part: 'zip' })
  const partOf = async (shp: string, ending: string) => {
    const wanted = shp.slice(0, -4).toLowerCase() + ending
    const path = zip.paths.find((p) => p.toLowerCase() === wanted)
    return path ? zip.bytes(path) : undefined
  }
  const shapes = zip.paths.filter((p) => /\.shp$/i.test(p))
  if (shapes.length === 0) say('pack/shapefile', { part: '.shp' })
  for (const shp of shapes) {
    const [bytes, dbf, prj, cpg] = [
      await zip.bytes(shp),
      await partOf(shp, '.dbf'),
      await partOf(shp, '.prj'),
      await partOf(shp, '.cpg'),
    ]
    const wkt = prj && new TextDecoder().decode(prj)
    const crs = wkt ? crsOfWkt(wkt) : undefined
    if (!dbf) say('pack/shapefile', { part: '.dbf' })
    else if (wkt && !crs) say('pack/component-crs', { crs: wkt.slice(0, 60) })
    else yield* recordsOf({ reading, file, crs }, bytes, dbf, encodingOf(cpg))
  }
}

async function unpacked({ source }: CensusReading, file: string): Promise<PackSource | undefined> {
  try {
    return zipSource(await source.bytes(file), mostUnpackedBytes)
  } catch {
    return undefined
  }
}
const mostUnpackedBytes = 2_000_000_000

/** Tables made in China are GBK unless a `.cpg` says otherwise. */
function encodingOf(cpg: Uint8Array | undefined): string {
  const said = cpg ? new TextDecoder().decode(cpg).trim().toLowerCase() : ''
  if (said === '65001') return 'utf-8'
  return /^(?:utf-?8|gb18030|gbk|gb2312|big5)$/.test(said) ? said : 'gbk'
}

interface ShapeFile {
  reading: CensusReading
  file: string
  crs: Crs | undefined
}

async function* recordsOf(
  { reading, file, crs }: ShapeFile,
  shp: Uint8Array,
  dbf: Uint8Array,
  encoding: string,
): AsyncGenerator<RawRow> {
  let record = 0
  try {
    const source = await open(shp, dbf, { encoding })
    for (;;) {
      const { done, value } = await source.read()
      if (done) return
      reading.signal.throwIfAborted()
      record++
      const line = record
      const say: SayFault = (code, details = {}) => reading.fault(file, line, code, details)
      yield { line, ...shaped(value.properties ?? {}, value.geometry, say), crs, say }
    }
  } catch (error) {
    reading.signal.throwIfAborted()
    if (!(error instanceof RangeError || /unsupported|invalid/i.test(String(error)))) throw error
    reading.fault(file, record + 1, 'pack/shapefile', { part: '.shp' })
  }
}

/** Properties beside a point. A place in the properties goes before the drawn one only where they say what system it is in. */
function shaped(
  properties: Readonly<Record<string, unknown>>,
  geometry: unknown,
  say: SayFault,
): Pick<RawRow, 'values'> {
  const columns = columnsAmong(Object.keys(properties))
  const { type, coordinates } = (geometry ?? {}) as { type?: string; coordinates?: unknown }
  const [x, y] = type === 'Point' && Array.isArray(coordinates) ? (coordinates as unknown[]) : []
  if (type !== undefined && type !== 'Point') say('pack/component-geometry', { type })
  const drawn: Readonly<Record<string, unknown>> = { x, y, lon: '', lat: '' }
  return {
    values: (column) => {
      if (type === 'Point' && column in drawn) return wordOf(drawn[column])
      const name = columns.get(column)
      return name === undefined ? '' : wordOf(properties[name])
    },
  }
}

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  // A table's day has no hour; the reader makes it one of this machine's days.
  if (value instanceof Date)
    return Number.isNaN(value.getTime())
      ? ''
      : `${value.getFullYear()}-${String(value.getMonth() + 1).padStart(2, '0')}-${String(value.getDate()).padStart(2, '0')}`
  return String(value).trim()
}

/** The system of a whole delivery, as a person or a pack names it. */
export const crsGiven = (word: unknown): Crs | undefined =>
  word === undefined || word === null || word === '' ? undefined : crsNamed(String(word))
