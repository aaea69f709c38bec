/**
 * A city pack: a folder (or zip) of plain files that describe a city. Each module brings the parts it understands; the
 * loader runs them in order in one transaction. A part reads first and says every fault; it lays only what differs.
 */
import type pg from 'pg'
import type { Db } from '../db/index.ts'
import type { PackSource } from './source.ts'

export { type Feature, type FeatureFile, featuresIn } from './geojson.ts'
export { commonest, delimiterOf, type Record, recordsOf, takeFrom } from './records.ts'
export { folderSource, type PackSource, zipSource } from './source.ts'
export { type ColumnSpec, type Row, rowsIn, type TableSpec } from './table.ts'
export { textOf } from './text.ts'

/** What is wrong, and where. The sentence is in the message files under `code`; `details` fill its `{names}`. */
export interface Fault {
  file: string
  /** From 1; null where the fault is the whole file's. */
  line: number | null
  code: string
  details: Readonly<Record<string, string | number>>
}

/** What a part changed, or would change. */
export interface Changes {
  added: number
  changed: number
  /** No longer in the pack: kept with an end, never deleted. */
  retired: number
  same: number
}
export const noChanges = (): Changes => ({ added: 0, changed: 0, retired: 0, same: 0 })

/** What a part reads with. */
export interface PackReading {
  source: PackSource
  /** What `pack.yaml` says, as it stands. */
  settings: Readonly<Record<string, unknown>>
  /** The city as it is, for what a pack that brings only some parts leans on; none when a pack is checked by itself. */
  db: Db | undefined
  /** Says a fault; beyond some hundred of one file they are only counted. */
  fault: (file: string, line: number | null, code: string, details?: Fault['details']) => void
  /** What an earlier part has read; undefined where the pack has none of its files. */
  of: <T>(part: PackPart<T>) => T | undefined
  onProgress: (done: number, of?: number) => void
  /** Thrown when someone cancels. */
  signal: AbortSignal
}

/** What a part lays with: one transaction for the whole pack, seen by the builder and by COPY. */
export interface PackLaying {
  db: Db
  client: pg.ClientBase
  /** The edition that this load makes. */
  editionId: string
  /** Beginnings of the area codes that the pack speaks for; `['']`: the whole city. What lies elsewhere is none of its business. */
  covers: readonly string[]
  now: Date
  onProgress: (done: number, of?: number) => void
  signal: AbortSignal
}

export interface PackPart<T = unknown> {
  /** Stable, one word: `cells`. Its title is the message `pack/part/<name>`. */
  name: string
  /** Files it reads, `*` standing for any name: `areas/cells.csv`, `components/*.csv`. */
  files: readonly string[]
  /** What holds for the city as a whole (its classes, its laws): a pack of one district may not bring it. */
  wholeCity?: boolean
  /** Runs only when the pack has one of the files. Throws nothing about content: that is what `fault` is for. */
  read: (reading: PackReading) => Promise<T>
  /** Runs only when no part said a fault. Repeatable: the same rows again change nothing. */
  lay(laying: PackLaying, rows: T): Promise<Changes>
}

/** States a part; the type of its rows is kept. */
export const part = <T>(p: PackPart<T>): PackPart<T> => p

/** Does the pack speak for this place? */
export const covered = (covers: readonly string[], areaCode: string): boolean =>
  covers.some((prefix) => areaCode.startsWith(prefix))

/** What `pack.yaml` says that the pack speaks for, as parts are told it when they lay. */
export const coversOf = ({ settings }: Pick<PackReading, 'settings'>): readonly string[] =>
  Array.isArray(settings.covers) ? settings.covers.map(String) : ['']

/** Does the path match the pattern, where `*` stands for any part of one name? */
export const matches = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`).test(path)

/** The pack's files that a part reads, in order. */
export const filesOf = (source: PackSource, { files }: Pick<PackPart, 'files'>): string[] =>
  source.paths.filter((path) => files.some((pattern) => matches(pattern, path)))
