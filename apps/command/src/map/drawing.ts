/** From a layer of the catalogue to what MapLibre draws. Pure but for the tokens handed in. */
import { mapFonts } from '@pentad/web/map/style.ts'
import type { Tokens } from '@pentad/web/theme/index.ts'
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { MapLayer } from './asked.ts'
import type { ClassBreak } from './breaks.ts'
import { signName, signOf, stageOf, stageSigns } from './signs.ts'
import type { Measure } from './themes.ts'

/** Below it streets are coloured, from it on cells. */
export const cellsFrom = 13.4

export interface Choropleth {
  measure: Measure
  streets: readonly ClassBreak[]
  cells: readonly ClassBreak[]
  /** The counts come from `feature-state`: the map of an earlier instant. */
  past: boolean
}
export interface Look {
  tokens: Tokens
  /** 0–1. */
  opacity: number
  caseSign: 'light' | 'stage'
  /** Areas and cells are coloured; null draws outlines. */
  choropleth: Choropleth | null
  /** Under the names of the base map, where it has any. */
}

/** Opacity of each class: one colour, so that a printer without colours shows the same order. */
export const classOpacity = (i: number, classes: number): number =>
  i < 0 ? 0 : classes < 2 ? 0.5 : 0.18 + (0.6 * i) / (classes - 1)
export const measureTone = (measure: Measure): 'accent' | 'bad' => (measure === 'late' ? 'bad' : 'accent')

/** The base map has sources and layers of its own, `areas` among them: ours begin with this. */
const ours = 'one-'
export const sourceOf = (id: string): string => ours + id
const named = (l: LayerSpecification): LayerSpecification =>
  ({ ...l, id: ours + l.id, ...('source' in l ? { source: sourceOf(l.source as string) } : {}) }) as LayerSpecification

const get = (name: string): ExpressionSpecification => ['get', name]
const isMany: ExpressionSpecification = ['has', 'count']

function colouredBy({ measure, past }: Choropleth): ExpressionSpecification {
  const of = (name: string): ExpressionSpecification =>
    past ? ['coalesce', ['feature-state', name], 0] : ['coalesce', get(name), 0]
  return measure === 'open' ? of('count') : ['/', of('red'), ['max', 1, of('count')]]
}
/** The opacity of a value's class; nothing below the first. */
function classStep(
  value: ExpressionSpecification,
  breaks: readonly ClassBreak[],
  opacity: number,
): ExpressionSpecification | number {
  if (!breaks.length) return 0
  return [
    'step',
    value,
    0,
    ...breaks.flatMap(({ from }, i) => [from, classOpacity(i, breaks.length) * opacity]),
  ] as unknown as ExpressionSpecification
}

/** `?only=…&area=…`: what narrows a layer's tiles. */
export function tilesOf(
  layer: MapLayer,
  origin: string,
  narrowed: { only?: readonly string[] | undefined; area: string; unit: string; count: boolean },
): string {
  const query = new URLSearchParams({
    ...(narrowed.only ? { only: narrowed.only.join(',') } : {}),
    ...(narrowed.area && layer.kind === 'point' ? { area: narrowed.area } : {}),
    ...(narrowed.unit && layer.id === 'cases' ? { unit: narrowed.unit } : {}),
    ...(narrowed.count ? { count: 'cases' } : {}),
  }).toString()
  return `${origin}${layer.tiles}${query ? `?${query}` : ''}`
}

const stateIcon = (layer: MapLayer): ExpressionSpecification | string =>
  layer.states.length
    ? ([
        'match',
        get('state'),
        ...layer.states.flatMap((s) => [s.id, signName(signOf(layer, s.id))]),
        signName(signOf(layer, null)),
      ] as unknown as ExpressionSpecification)
    : signName(signOf(layer, null))
const stageIcon = [
  'match',
  get('status'),
  ...Object.entries(stageOf).flatMap(([status, stage]) => [status, signName(stageSigns[stage])]),
  signName(stageSigns.centre),
] as unknown as ExpressionSpecification

/** The worst on top. */
const worstFirst = (layer: MapLayer): ExpressionSpecification | number =>
  layer.states.length
    ? (['match', get('state'), ...layer.states.flatMap((s, i) => [s.id, i]), 0] as unknown as ExpressionSpecification)
    : 0

/** Circles of counts, with how many of them are in the worst state. */
export function countLayers(
  id: string,
  source: string,
  worst: string | null,
  look: Look,
  sourceLayer?: string,
): LayerSpecification[] {
  const { tokens: t, opacity } = look
  const of = { source, ...(sourceLayer ? { 'source-layer': sourceLayer } : {}) }
  const bad: ExpressionSpecification | false = worst ? ['>', ['coalesce', get(worst), 0], 0] : false
  return [
    {
      id: `${id}-many`,
      ...of,
      type: 'circle',
      filter: isMany,
      paint: {
        'circle-color': t['accent-soft'],
        'circle-opacity': 0.92 * opacity,
        'circle-radius': ['interpolate', ['linear'], get('count'), 1, 11, 20, 17, 400, 26, 5000, 36],
        'circle-stroke-width': bad ? ['case', bad, 2, 1] : 1,
        'circle-stroke-color': bad ? ['case', bad, t.bad, t.accent] : t.accent,
        'circle-stroke-opacity': opacity,
      },
    },
    {
      id: `${id}-number`,
      ...of,
      type: 'symbol',
      filter: isMany,
      layout: {
        'text-field':
          bad && worst
            ? ['case', bad, ['concat', get('count'), '\n▲', get(worst)], ['to-string', get('count')]]
            : ['to-string', get('count')],
        'text-font': mapFonts,
        'text-size': ['interpolate', ['linear'], get('count'), 1, 11, 400, 13],
        'text-line-height': 1.05,
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: { 'text-color': t.text, 'text-opacity': opacity },
    },
  ]
}

function pointLayers(layer: MapLayer, look: Look): LayerSpecification[] {
  const { tokens: t, opacity } = look
  const of = { source: layer.id, 'source-layer': layer.id }
  const turns = layer.properties.some((p) => p.id === 'heading')
  const worst = layer.id === 'cases' ? 'red' : null
  const small = layer.id === 'places' || layer.resource === 'components'
  return [
    ...countLayers(layer.id, layer.id, worst, look, layer.id),
    {
      id: layer.id,
      ...of,
      type: 'symbol',
      filter: ['!', isMany],
      layout: {
        'icon-image': layer.id === 'cases' && look.caseSign === 'stage' ? stageIcon : stateIcon(layer),
        'icon-size': ['interpolate', ['linear'], ['zoom'], 11, small ? 0.5 : 0.75, 15, small ? 0.8 : 1],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': worstFirst(layer),
        ...(turns ? { 'icon-rotate': ['coalesce', get('heading'), 0], 'icon-rotation-alignment': 'map' as const } : {}),
      },
      paint: { 'icon-opacity': opacity },
    },
    {
      id: `${layer.id}-more`,
      ...of,
      type: 'symbol',
      filter: ['has', 'more'],
      layout: {
        'text-field': ['concat', '+', get('more')],
        'text-font': mapFonts,
        'text-size': 10,
        'text-offset': [0.9, -0.8],
        'text-optional': true,
      },
      paint: {
        'text-color': t['text-2'],
        'text-halo-color': t['map-ground'],
        'text-halo-width': 1.4,
        'text-opacity': opacity,
      },
    },
    ...(layer.label
      ? [
          {
            id: `${layer.id}-name`,
            ...of,
            type: 'symbol' as const,
            minzoom: layer.id === 'places' ? 12 : 15,
            filter: ['!', isMany] as ExpressionSpecification,
            layout: {
              'text-field': ['coalesce', get(layer.label), ''] as ExpressionSpecification,
              'text-font': mapFonts,
              'text-size': 11,
              'text-anchor': 'top' as const,
              'text-offset': [0, 0.9] as [number, number],
              'text-optional': true,
              'text-max-width': 9,
            },
            paint: {
              'text-color': t['map-label'],
              'text-halo-color': t['map-label-halo'],
              'text-halo-width': 1.4,
              'text-opacity': opacity,
            },
          },
        ]
      : []),
  ]
}

const areaRanks: Record<string, { width: number; minzoom: number }> = {
  district: { width: 2, minzoom: 0 },
  street: { width: 1.1, minzoom: 10 },
  community: { width: 0.6, minzoom: 14 },
}

function polygonLayers(layer: MapLayer, look: Look): LayerSpecification[] {
  const { tokens: t, opacity, choropleth } = look
  const of = { source: layer.id, 'source-layer': layer.id }
  const isAreas = layer.id === 'areas'
  const isCells = layer.id === 'cells'
  const coloured = choropleth && (isAreas || isCells)
  const streets: ExpressionSpecification = ['==', get('level'), 'street']
  return [
    {
      id: `${layer.id}-fill`,
      ...of,
      type: 'fill',
      ...(isCells ? { minzoom: coloured ? cellsFrom : 14 } : coloured ? { maxzoom: cellsFrom } : {}),
      ...(isAreas ? { filter: streets } : {}),
      paint: {
        'fill-color': coloured ? t[measureTone(choropleth.measure)] : t.accent,
        'fill-opacity': coloured
          ? classStep(colouredBy(choropleth), isCells ? choropleth.cells : choropleth.streets, opacity)
          : isAreas || isCells
            ? 0
            : 0.14 * opacity,
      },
    },
    ...(isAreas
      ? Object.entries(areaRanks).map(
          ([level, { width, minzoom }]): LayerSpecification => ({
            id: `areas-${level}`,
            ...of,
            type: 'line',
            minzoom,
            filter: ['==', get('level'), level],
            paint: { 'line-color': t['text-3'], 'line-width': width, 'line-opacity': 0.75 * opacity },
          }),
        )
      : [
          {
            id: `${layer.id}-line`,
            ...of,
            type: 'line' as const,
            ...(isCells ? { minzoom: cellsFrom } : {}),
            paint: {
              'line-color': isCells ? t['map-border'] : t.accent,
              'line-width': isCells
                ? (['interpolate', ['linear'], ['zoom'], 13, 0.4, 17, 1.2] as ExpressionSpecification)
                : 1.4,
              'line-opacity': opacity,
            },
          },
        ]),
    ...(isCells && coloured
      ? [
          {
            id: 'cells-count',
            ...of,
            type: 'symbol' as const,
            minzoom: 15,
            layout: {
              'text-field':
                choropleth.past || choropleth.measure === 'late'
                  ? ''
                  : ([
                      'case',
                      ['>', ['coalesce', get('count'), 0], 0],
                      ['to-string', get('count')],
                      '',
                    ] as ExpressionSpecification),
              'text-font': mapFonts,
              'text-size': 12,
            },
            paint: { 'text-color': t.text, 'text-halo-color': t['map-ground'], 'text-halo-width': 1.2 },
          },
        ]
      : []),
    ...(isCells && !coloured
      ? [
          {
            id: 'cells-code',
            ...of,
            type: 'symbol' as const,
            minzoom: 16.2,
            layout: { 'text-field': get('id'), 'text-font': mapFonts, 'text-size': 10 },
            paint: {
              'text-color': t['map-label'],
              'text-halo-color': t['map-label-halo'],
              'text-halo-width': 1.2,
              'text-opacity': opacity,
            },
          },
        ]
      : []),
  ]
}

function lineLayers(layer: MapLayer, { tokens: t, opacity }: Look): LayerSpecification[] {
  return [
    {
      id: layer.id,
      source: layer.id,
      'source-layer': layer.id,
      type: 'line',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': t.accent, 'line-width': 2.2, 'line-opacity': opacity },
    },
  ]
}

export const drawnLayers = (layer: MapLayer, look: Look): LayerSpecification[] =>
  (layer.kind === 'point'
    ? pointLayers(layer, look)
    : layer.kind === 'polygon'
      ? polygonLayers(layer, look)
      : lineLayers(layer, look)
  ).map(named)

const box = { type: 'geojson' as const, data: { type: 'FeatureCollection' as const, features: [] } }
/** Sources of our own: the past, what moves, a track, what was drawn, what is chosen. */
export const ownSources = {
  past: box,
  moving: box,
  movingCounts: box,
  burning: box,
  burningCounts: box,
  track: box,
  shape: box,
  chosen: box,
}
/** Over it come those that move, drawn by the graphics card. */
export const movingBelow = `${ours}moving-name`
export const movingLayerId = `${ours}moving`

function ownDrawn(look: Look): LayerSpecification[] {
  const { tokens: t } = look
  return [
    {
      id: 'shape-fill',
      source: 'shape',
      type: 'fill',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': t.accent, 'fill-opacity': 0.1 },
    },
    {
      id: 'shape-line',
      source: 'shape',
      type: 'line',
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': t.accent, 'line-width': 2, 'line-dasharray': [2, 1.5] },
    },
    {
      id: 'track',
      source: 'track',
      type: 'line',
      filter: ['all', ['==', ['geometry-type'], 'LineString'], ['get', 'seen']],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': t.accent, 'line-width': 3, 'line-opacity': 0.75 },
    },
    {
      // Over a gap: nobody knows the way.
      id: 'track-unseen',
      source: 'track',
      type: 'line',
      filter: ['all', ['==', ['geometry-type'], 'LineString'], ['!', ['get', 'seen']]],
      paint: { 'line-color': t.accent, 'line-width': 2, 'line-opacity': 0.7, 'line-dasharray': [1, 3] },
    },
    {
      id: 'track-ends',
      source: 'track',
      type: 'circle',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 4,
        'circle-color': t['map-ground'],
        'circle-stroke-width': 2,
        'circle-stroke-color': t.accent,
      },
    },
    ...countLayers('past', 'past', 'red', look),
    {
      id: 'past',
      source: 'past',
      type: 'symbol',
      filter: ['!', isMany],
      layout: {
        'icon-image': get('sign'),
        'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.65, 15, 1],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': get('rank'),
      },
    },
    ...countLayers('moving', 'movingCounts', null, look),
    {
      id: 'moving-name',
      source: 'moving',
      type: 'symbol',
      minzoom: 14.5,
      layout: {
        'text-field': get('label'),
        'text-font': mapFonts,
        'text-size': 11,
        'text-anchor': 'top',
        'text-offset': [0, 0.9],
        'text-optional': true,
      },
      paint: { 'text-color': t['map-label'], 'text-halo-color': t['map-label-halo'], 'text-halo-width': 1.4 },
    },
    ...countLayers('burning', 'burningCounts', null, look),
    {
      id: 'burning',
      source: 'burning',
      type: 'symbol',
      layout: {
        'icon-image': get('sign'),
        'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.75, 15, 1],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': get('rank'),
      },
    },
    {
      id: 'chosen-area',
      source: 'chosen',
      type: 'line',
      filter: ['!=', ['geometry-type'], 'Point'],
      paint: { 'line-color': t.accent, 'line-width': 3 },
    },
    {
      id: 'chosen-ring',
      source: 'chosen',
      type: 'circle',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 17,
        'circle-color': t.accent,
        'circle-opacity': 0.14,
        'circle-stroke-width': 2.5,
        'circle-stroke-color': t.accent,
      },
    },
  ]
}
export const ownLayers = (look: Look): LayerSpecification[] => ownDrawn(look).map(named)

/** How high the points of a layer lie: alarms over cases over what moves over what stands. */
export const heightOf = (l: MapLayer): number =>
  l.kind !== 'point' ? 0 : l.id === 'alarms' ? 5 : l.id === 'cases' ? 4 : l.live ? 3 : l.id === 'places' ? 1 : 2

/** What can be chosen by a click, topmost first: single things before counts, points before areas. */
export function clickOrder(layers: readonly MapLayer[]): string[] {
  const points = layers.filter((l) => l.kind === 'point').sort((a, b) => heightOf(b) - heightOf(a))
  return [
    'burning',
    'past',
    ...points.map((l) => l.id),
    'past-many',
    'burning-many',
    'moving-many',
    ...points.map((l) => `${l.id}-many`),
    ...layers.filter((l) => l.kind === 'line').map((l) => l.id),
    ...layers.filter((l) => l.kind === 'polygon').map((l) => `${l.id}-fill`),
  ].map((id) => ours + id)
}
