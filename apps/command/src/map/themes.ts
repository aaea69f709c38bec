/** The six thematic maps as data: which layers begin switched on, how they are coloured, and what each still waits for. Pure. */
import { thematicMapIds } from '@pentad/geography/contract'

export const themeIds = thematicMapIds
export type ThemeId = (typeof themeIds)[number]

export const measures = ['open', 'late'] as const
/** What colours the areas: open cases, or the share of them that is late. */
export type Measure = (typeof measures)[number]

/** A kind of data that a map is made for: shown as soon as a layer whose id begins so exists and holds anything. */
export interface Awaited {
  /** The beginning of the ids of its layers. */
  layers: string
  /** `map.awaits.<key>` says what it is and who brings it. */
  key: 'parties' | 'sites' | 'dutyGrids' | 'positions' | 'checks'
  /** The page that brings it; null where another system does. */
  page: string | null
}

export interface ThemedMap {
  id: ThemeId
  /** Layers switched on at first; others of the same thematic map are offered. */
  on: readonly string[]
  /** Families of layers that are on as soon as they exist. */
  onFamilies: readonly string[]
  /** Areas and cells are coloured by the cases in them. */
  choropleth: boolean
  /** What the sign of a case says: the light of its clock, or with whom it lies. */
  caseSign: 'light' | 'stage'
  awaits: readonly Awaited[]
}

const ledgers = '/command/ledgers'

export const themedMaps: Record<ThemeId, ThemedMap> = {
  analysis: { id: 'analysis', on: ['areas', 'cells'], onFamilies: [], choropleth: true, caseSign: 'light', awaits: [] },
  command: {
    id: 'command',
    on: ['cases', 'alarms', 'officers', 'vehicles'],
    onFamilies: [],
    choropleth: false,
    caseSign: 'light',
    awaits: [{ layers: 'officers', key: 'positions', page: null }],
  },
  inspection: {
    id: 'inspection',
    on: ['noise-monitors', 'officers'],
    onFamilies: ['ledger-'],
    choropleth: false,
    caseSign: 'light',
    awaits: [
      { layers: 'ledger-', key: 'sites', page: ledgers },
      { layers: 'checks', key: 'checks', page: null },
    ],
  },
  handling: { id: 'handling', on: ['cases'], onFamilies: [], choropleth: false, caseSign: 'stage', awaits: [] },
  officers: {
    id: 'officers',
    on: ['officers', 'vehicles', 'radios', 'areas'],
    onFamilies: ['duty-'],
    choropleth: false,
    caseSign: 'light',
    awaits: [
      { layers: 'officers', key: 'positions', page: null },
      { layers: 'duty-', key: 'dutyGrids', page: '/command/grid' },
    ],
  },
  parties: {
    id: 'parties',
    on: ['noise-monitors', 'alarms', 'cases'],
    onFamilies: ['ledger-'],
    choropleth: false,
    caseSign: 'light',
    awaits: [{ layers: 'ledger-', key: 'parties', page: ledgers }],
  },
}

interface Layer {
  id: string
  maps: readonly string[]
  count: number | null
}
/** Layers of a thematic map that are on before anybody switched one. */
export const onAtFirst = (theme: ThemeId, layers: readonly Layer[]): string[] => {
  const { on, onFamilies } = themedMaps[theme]
  return layers
    .filter((l) => on.includes(l.id) || (l.maps.includes(theme) && onFamilies.some((f) => l.id.startsWith(f))))
    .map((l) => l.id)
}
/** What a thematic map was made for and does not have. */
export const missingOf = (theme: ThemeId, layers: readonly Layer[]): Awaited[] =>
  themedMaps[theme].awaits.filter((a) => !layers.some((l) => l.id.startsWith(a.layers) && (l.count ?? 1) > 0))

/** On are those of the map, with what a person switched on and without what they switched off. */
export function layersOn(
  theme: ThemeId,
  layers: readonly Layer[],
  switched: { on: readonly string[]; off: readonly string[] },
): string[] {
  const first = new Set(onAtFirst(theme, layers))
  return layers
    .filter((l) => (first.has(l.id) && !switched.off.includes(l.id)) || switched.on.includes(l.id))
    .map((l) => l.id)
}
