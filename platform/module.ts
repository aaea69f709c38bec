/** What a module hands to the processes that run it: its door's standard parts. */
import type { Transaction } from './db/index.ts'
import type { Job } from './jobs.ts'
import type { News } from './news.ts'
import type { PackPart } from './pack/index.ts'
import type { Served } from './serve/served.ts'
import type { Tick } from './tick.ts'
import type { Layers } from './tiles/source.ts'

/** Sentences by code for each language; `{name}` stands for a detail. */
export interface Messages {
  'zh-CN': Readonly<Record<string, string>>
  en: Readonly<Record<string, string>>
}

/** What a module does on news from modules below it; each is heard once. */
export interface Listener {
  /** Stable: its place in the stream of news is kept under this name. */
  name: string
  topics: readonly string[]
  /** In order, as many as there are; one alone when they failed together. */
  hear: (db: Transaction, news: readonly News[]) => Promise<void>
}

export interface Module {
  name: string
  /** The folder with its forward-only SQL. */
  migrations?: URL
  routes?: readonly Served[]
  jobs?: readonly Job[]
  ticks?: readonly Tick[]
  on?: readonly Listener[]
  messages?: Messages
  /** What it understands of a city pack, in the order of reading. */
  pack?: readonly PackPart[]
  /** What it shows on the map. */
  layers?: Layers
}
