/**
 * What a module says about a layer of the map: one query and the words of it. From this come live vector tiles, the OGC API
 * Features and the list of layers; rights, aggregation, following of changes and paging are done around it.
 */
import type { Db, RawSql } from '../db/index.ts'

export interface Text {
  'zh-CN': string
  en: string
}

/** The six thematic maps (专题一张图): analysis, command, inspection, handling of cases, officers, parties. */
export const thematicMaps = ['analysis', 'command', 'inspection', 'handling', 'officers', 'parties'] as const
export type ThematicMap = (typeof thematicMaps)[number]

/** A word that objects of a layer can be in: red, silent, overdue. */
export interface LayerState {
  id: string
  title: Text
}

export interface LayerProperty {
  title: Text
  /**
   * `word`: one of few, kept once however often it occurs; `number`: a whole number of at most 31 bits. `text` and `instant`
   * are too many to be kept in memory: only the OGC API gives them.
   */
  type: 'word' | 'number' | 'text' | 'instant'
}

/**
 * A layer. `rows` is a select of one row per object with these columns:
 *
 * | column | of | meaning |
 * |---|---|---|
 * | `key` | all | stable and unique; uuid where `keys` says so, else text |
 * | `lon, lat` | points | degrees, float8 |
 * | `geometry` | lines, polygons | GeoJSON geometry, jsonb |
 * | `area_code` | all, may be null | where it lies: a caller sees it whose areas hold a prefix of it |
 * | `unit_id` | all, may be null | with whom it lies: a caller sees it whose units hold it |
 * | `shown` | all | false: it is on the map no more |
 * | `xid` | layers that change by the row | xid8 of the last change: `pg_current_xact_id()` at every write |
 * | `state` | layers with states | one state, or several with `>` between them: `green>yellow>red` |
 * | `turn1, turn2` | layers whose state changes by the clock | timestamptz: when the second and the third state begin; null for never |
 * | one for each of `properties` | | its value |
 *
 * Personal data has no place in it: names and numbers of people are in neither tiles nor OGC items.
 */
export interface LayerSource {
  /** `a-z`, digits, `-`: the name in addresses. */
  id: string
  title: Text
  kind: 'point' | 'line' | 'polygon'
  /** Who may see it; of a permission, only what lies in the caller's areas or with their units. */
  may: 'public' | `${string}.${string}`
  maps: readonly ThematicMap[]
  /** The kind of resource it shows (人、车、探头 …), for the legend's groups: `officers`, `vehicles`, `cameras`, `markets`. */
  resource?: string
  minZoom?: number
  maxZoom?: number
  keys: 'uuid' | 'text'
  /** The worst last: of many at one place the worst is shown, and aggregates count each. */
  states?: readonly LayerState[]
  /** `rows` has `turn1` and `turn2`. */
  turns?: boolean
  properties: Readonly<Record<string, LayerProperty>>
  /** The property that stands beside the point. */
  label?: string
  /** The property of type `instant` by which OGC's `datetime` selects. */
  time?: string
  rows: () => RawSql
  /** A `point` column of `rows` in metres with a GiST index, for boxes of the OGC API. */
  metres?: string
  /** For layers without `xid`: a word that is another when anything may have changed; then all is read anew. */
  version?: (db: Db) => Promise<string>
  /** Where a page finds one: `{key}` stands for its key. */
  href?: string
  /** Moves: pages follow it over `/api/live` between two tiles. */
  live?: boolean
}

/** Layers that data define (ledgers): asked for anew when the version is another. Their ids begin with `<prefix>-`. */
export interface LayerFamily {
  prefix: string
  version: (db: Db) => Promise<string>
  sources: (db: Db) => Promise<readonly LayerSource[]>
}

export type Layers = readonly (LayerSource | LayerFamily)[]
export const isFamily = (l: LayerSource | LayerFamily): l is LayerFamily => 'prefix' in l
/** States a layer. */
export const layer = (l: LayerSource): LayerSource => l
