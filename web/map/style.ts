/** The offline base map: one GeoJSON of OpenMapTiles-like layers, drawn from the theme's tokens; no address outside is named. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Language } from '../i18n.ts'
import type { Tokens } from '../theme/index.ts'

export interface BaseMap {
  type: 'FeatureCollection'
  attribution: { 'zh-CN': string; en: string }
  bounds: [number, number, number, number]
  features: Record<string, unknown>[]
}

/** Without a `glyphs` address MapLibre draws letters from these fonts of the machine. */
export const mapFonts = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif']

export const baseSource = 'base'

const named = (language: Language): ExpressionSpecification =>
  language === 'en'
    ? ['coalesce', ['get', 'name_en'], ['get', 'name:en'], ['get', 'name'], '']
    : ['coalesce', ['get', 'name'], '']

const isLayer = (layer: string): ExpressionSpecification => ['==', ['get', 'layer'], layer]
const ofClass = (...classes: string[]): ExpressionSpecification => ['in', ['get', 'class'], ['literal', classes]]

const major = ['motorway', 'ring', 'trunk', 'primary']
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

/** `scale` enlarges letters for a wall that is read at six metres. */
export function baseLayers(t: Tokens, language: Language, scale = 1): LayerSpecification[] {
  const source = baseSource
  const label = { 'text-font': mapFonts, 'text-field': named(language) }
  const ink = { 'text-color': t['map-label'], 'text-halo-color': t['map-label-halo'], 'text-halo-width': 1.4 }
  return [
    { id: 'ground', type: 'background', paint: { 'background-color': t['map-ground'] } },
    {
      id: 'landuse',
      source,
      type: 'fill',
      filter: isLayer('landuse'),
      paint: {
        'fill-color': [
          'match',
          ['get', 'class'],
          ['park', 'grass', 'wood', 'forest', 'garden', 'cemetery', 'pitch'],
          t['map-green'],
          t['map-built'],
        ],
      },
    },
    {
      id: 'water',
      source,
      type: 'fill',
      filter: ['all', isLayer('water'), ['==', ['geometry-type'], 'Polygon']],
      paint: { 'fill-color': t['map-water'] },
    },
    {
      id: 'waterway',
      source,
      type: 'line',
      filter: ['all', isLayer('water'), ['==', ['geometry-type'], 'LineString']],
      paint: { 'line-color': t['map-water'], 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1.5, 16, 8] },
    },
    {
      id: 'road-case',
      source,
      type: 'line',
      minzoom: 12,
      filter: isLayer('road'),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': t['map-road-case'], 'line-width': roadWidth(1.6) },
    },
    {
      id: 'road',
      source,
      type: 'line',
      filter: isLayer('road'),
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
      id: 'street-border',
      source,
      type: 'line',
      filter: isLayer('street'),
      paint: { 'line-color': t['map-border'], 'line-width': 1, 'line-dasharray': [3, 3], 'line-opacity': 0.8 },
    },
    {
      id: 'district-border',
      source,
      type: 'line',
      filter: isLayer('district'),
      paint: { 'line-color': t['map-border'], 'line-width': 2, 'line-dasharray': [6, 2, 1, 2] },
    },
    {
      id: 'road-name',
      source,
      type: 'symbol',
      minzoom: 13.2,
      filter: ['all', isLayer('road'), ['any', ofClass(...major), ofClass(...middle), ['>=', ['zoom'], 15]]],
      layout: { ...label, 'symbol-placement': 'line', 'text-size': 11 * scale, 'symbol-spacing': 320 },
      paint: { ...ink, 'text-opacity': 0.85 },
    },
    {
      id: 'water-name',
      source,
      type: 'symbol',
      minzoom: 12.5,
      filter: ['all', isLayer('water'), ['==', ['geometry-type'], 'Polygon']],
      layout: { ...label, 'text-size': 11 * scale },
      paint: { ...ink, 'text-opacity': 0.75 },
    },
    {
      id: 'green-name',
      source,
      type: 'symbol',
      minzoom: 13.5,
      filter: isLayer('landuse'),
      layout: { ...label, 'text-size': 11 * scale, 'text-max-width': 7 },
      paint: { ...ink, 'text-opacity': 0.75 },
    },
    {
      id: 'street-name',
      source,
      type: 'symbol',
      minzoom: 11,
      maxzoom: 14.5,
      filter: isLayer('street'),
      layout: { ...label, 'text-size': 12 * scale, 'text-padding': 6 },
      paint: { ...ink, 'text-opacity': 0.8 },
    },
    {
      id: 'place-name',
      source,
      type: 'symbol',
      minzoom: 12,
      filter: isLayer('place'),
      layout: {
        ...label,
        'text-size': [
          'match',
          ['get', 'class'],
          ['suburb', 'district', 'city', 'town'],
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

export const baseStyle = (base: BaseMap, t: Tokens, language: Language, scale = 1): StyleSpecification => ({
  version: 8,
  sources: { [baseSource]: { type: 'geojson', data: { type: 'FeatureCollection', features: base.features } as never } },
  layers: baseLayers(t, language, scale),
})

/** The properties of a layer that another theme or language changes. */
export const changed = (before: object = {}, after: object = {}): { name: string; value: unknown }[] =>
  Object.entries(after).flatMap(([name, value]) =>
    JSON.stringify((before as Record<string, unknown>)[name]) === JSON.stringify(value) ? [] : [{ name, value }],
  )
