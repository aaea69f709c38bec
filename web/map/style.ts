/**
 * The base map in the layer names of OpenMapTiles, drawn from the theme's tokens; no address outside is named. It comes as vector
 * tiles of our own server, or whole as one GeoJSON, which a phone keeps for when it has no network.
 */
import type {
  ExpressionSpecification,
  FilterSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from 'maplibre-gl'
import type { Language } from '../i18n.ts'
import type { Tokens } from '../theme/index.ts'

export interface BaseMap {
  attribution: { 'zh-CN': string; en: string }
  bounds: [number, number, number, number]
  /** Drawn by hand, and to be marked so. */
  schematic: boolean
  from:
    | { tiles: string[]; minzoom: number; maxzoom: number }
    /** All features, with the name of their layer as the property `layer`. */
    | { features: Record<string, unknown>[] }
}

/** Without a `glyphs` address MapLibre draws letters from these fonts of the machine. */
export const mapFonts = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif']

const baseSource = 'base'
/** The city's own areas, whoever drew the rest. */
const areaSource = 'areas'

const named = (language: Language): ExpressionSpecification =>
  language === 'en'
    ? ['coalesce', ['get', 'name_en'], ['get', 'name:en'], ['get', 'name:latin'], ['get', 'name'], '']
    : ['coalesce', ['get', 'name:zh'], ['get', 'name'], '']

const ofClass = (...classes: string[]): ExpressionSpecification => ['in', ['get', 'class'], ['literal', classes]]

const major = ['motorway', 'trunk', 'primary']
const middle = ['secondary', 'tertiary']
/** Pixels by zoom, for three ranks of road. */
const roadWidth = (extra: number): ExpressionSpecification => {
  const at = (a: number, b: number, c: number): ExpressionSpecification => [
    'match',
    ['get', 'class'],
    major,
    a + extra,
    middle,
    b + extra,
    c + extra,
  ]
  return [
    'interpolate',
    ['exponential', 1.5],
    ['zoom'],
    10,
    at(1.4, 0.7, 0.3),
    13,
    at(3.4, 2, 0.9),
    16,
    at(10, 7, 4),
    19,
    at(30, 22, 14),
  ]
}

const isPolygon: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon']
const isPoint: ExpressionSpecification = ['==', ['geometry-type'], 'Point']
const greens = ['grass', 'wood', 'forest', 'park', 'garden', 'cemetery', 'pitch', 'stadium', 'recreation_ground']

/** `scale` enlarges letters for a wall that is read at six metres. */
export function baseLayers(t: Tokens, language: Language, scale = 1, inTiles = true): LayerSpecification[] {
  /** Where a layer finds its features: by its source-layer, or among all of them by name. */
  const of = (layer: string, filter?: ExpressionSpecification) => {
    const named: ExpressionSpecification = ['==', ['get', 'layer'], layer]
    return inTiles
      ? { source: baseSource, 'source-layer': layer, ...(filter ? { filter: filter as FilterSpecification } : {}) }
      : { source: baseSource, filter: (filter ? ['all', named, filter] : named) as FilterSpecification }
  }
  const border = (level: 'district' | 'street') =>
    inTiles
      ? { source: areaSource, 'source-layer': 'areas', filter: ['==', ['get', 'level'], level] as FilterSpecification }
      : of('boundary', ['==', ['get', 'admin_level'], level === 'district' ? 6 : 8])
  const label = { 'text-font': mapFonts, 'text-field': named(language) }
  const ink = { 'text-color': t['map-label'], 'text-halo-color': t['map-label-halo'], 'text-halo-width': 1.4 }
  const isRoad: ExpressionSpecification = ['!', ofClass('rail', 'transit', 'ferry', 'path')]
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': t['map-ground'] } },
    {
      id: 'landcover',
      ...of('landcover', isPolygon),
      type: 'fill',
      paint: { 'fill-color': ['match', ['get', 'class'], ['sand', 'rock', 'ice'], t['map-built'], t['map-green']] },
    },
    {
      id: 'landuse',
      ...of('landuse', isPolygon),
      type: 'fill',
      paint: { 'fill-color': ['match', ['get', 'class'], greens, t['map-green'], t['map-built']] },
    },
    { id: 'park', ...of('park', isPolygon), type: 'fill', paint: { 'fill-color': t['map-green'] } },
    { id: 'water', ...of('water', isPolygon), type: 'fill', paint: { 'fill-color': t['map-water'] } },
    {
      id: 'waterway',
      ...of('waterway'),
      type: 'line',
      paint: { 'line-color': t['map-water'], 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1.5, 16, 8] },
    },
    {
      id: 'building',
      ...of('building', isPolygon),
      type: 'fill',
      minzoom: 14,
      paint: { 'fill-color': t['map-built'], 'fill-outline-color': t['map-road-case'] },
    },
    {
      id: 'path',
      ...of('transportation', ofClass('path')),
      type: 'line',
      minzoom: 15,
      paint: { 'line-color': t['map-road-case'], 'line-width': 1, 'line-dasharray': [2, 2] },
    },
    {
      id: 'rail',
      ...of('transportation', ofClass('rail', 'transit')),
      type: 'line',
      minzoom: 11,
      paint: { 'line-color': t['map-border'], 'line-width': 1.2, 'line-dasharray': [4, 2] },
    },
    {
      id: 'road-case',
      ...of('transportation', isRoad),
      type: 'line',
      minzoom: 12,
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': t['map-road-case'], 'line-width': roadWidth(1.6) },
    },
    {
      id: 'road',
      ...of('transportation', isRoad),
      type: 'line',
      layout: {
        'line-cap': 'round',
        'line-join': 'round',
        'line-sort-key': ['match', ['get', 'class'], major, 2, middle, 1, 0],
      },
      paint: {
        'line-color': ['match', ['get', 'class'], major, t['map-road-major'], t['map-road']],
        'line-width': roadWidth(0),
      },
    },
    {
      id: 'country-border',
      // Below a province the city's own areas are drawn, not the base map's.
      ...of('boundary', ['<=', ['get', 'admin_level'], 4]),
      type: 'line',
      paint: { 'line-color': t['map-border'], 'line-width': 2 },
    },
    {
      id: 'street-border',
      ...border('street'),
      type: 'line',
      minzoom: 10,
      paint: { 'line-color': t['map-border'], 'line-width': 1, 'line-dasharray': [3, 3], 'line-opacity': 0.8 },
    },
    {
      id: 'district-border',
      ...border('district'),
      type: 'line',
      paint: { 'line-color': t['map-border'], 'line-width': 2, 'line-dasharray': [6, 2, 1, 2] },
    },
    {
      id: 'road-name',
      ...of('transportation_name', ['any', ofClass(...major), ofClass(...middle), ['>=', ['zoom'], 15]]),
      type: 'symbol',
      minzoom: 13.2,
      layout: { ...label, 'symbol-placement': 'line', 'text-size': 11 * scale, 'symbol-spacing': 320 },
      paint: { ...ink, 'text-opacity': 0.85 },
    },
    {
      id: 'water-name',
      ...of('water_name'),
      type: 'symbol',
      minzoom: 12.5,
      layout: { ...label, 'text-size': 11 * scale },
      paint: { ...ink, 'text-opacity': 0.75 },
    },
    {
      id: 'green-name',
      ...of('park', isPoint),
      type: 'symbol',
      minzoom: 13.5,
      layout: { ...label, 'text-size': 11 * scale, 'text-max-width': 7 },
      paint: { ...ink, 'text-opacity': 0.75 },
    },
    {
      id: 'poi-name',
      // A rich map has thousands: the first of each place, more as one comes near.
      ...of('poi', ['<=', ['coalesce', ['get', 'rank'], 20], ['step', ['zoom'], 1, 15, 5, 16, 15, 17, 1000]]),
      type: 'symbol',
      minzoom: 13.5,
      layout: { ...label, 'text-size': 11 * scale, 'text-max-width': 7 },
      paint: { ...ink, 'text-opacity': 0.75 },
    },
    {
      id: 'street-name',
      ...of('place', ofClass('suburb', 'quarter')),
      type: 'symbol',
      minzoom: 11,
      maxzoom: 14.5,
      layout: { ...label, 'text-size': 12 * scale, 'text-padding': 6 },
      paint: { ...ink, 'text-opacity': 0.8 },
    },
    {
      id: 'place-name',
      ...of('place', ['!', ofClass('suburb', 'quarter', 'borough', 'continent', 'country', 'state', 'province')]),
      type: 'symbol',
      minzoom: 12,
      layout: {
        ...label,
        'text-size': [
          'match',
          ['get', 'class'],
          ['city', 'town', 'village'],
          14 * scale,
          ['station', 'landmark', 'neighbourhood'],
          12 * scale,
          11 * scale,
        ],
        'text-padding': 4,
        'text-max-width': 8,
      },
      paint: ink,
    },
  ]
}

/** Tiles are named as the page was, whatever name the server has for itself. */
const ownTiles = (address: string): string => location.origin + address.replace(/^https?:\/\/[^/]+/, '')

export function baseStyle(base: BaseMap, t: Tokens, language: Language, scale = 1): StyleSpecification {
  const { from } = base
  const sources: Record<string, SourceSpecification> =
    'tiles' in from
      ? {
          [baseSource]: { ...from, tiles: from.tiles.map(ownTiles), type: 'vector' },
          [areaSource]: { type: 'vector', tiles: [ownTiles('/tiles/areas/{z}/{x}/{y}.mvt')], minzoom: 5, maxzoom: 14 },
        }
      : { [baseSource]: { type: 'geojson', data: { type: 'FeatureCollection', features: from.features } as never } }
  return { version: 8, sources, layers: baseLayers(t, language, scale, 'tiles' in from) }
}

/** The properties of a layer that another theme or language changes. */
export const changed = (before: object = {}, after: object = {}): { name: string; value: unknown }[] =>
  Object.entries(after).flatMap(([name, value]) =>
    JSON.stringify((before as Record<string, unknown>)[name]) === JSON.stringify(value) ? [] : [{ name, value }],
  )
