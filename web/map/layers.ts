/** What lies over the base map: cases in clusters, alarms, vehicles and the selected thing. Colour and shape together say the state. */
import type { GeoJSONSourceSpecification, LayerSpecification } from 'maplibre-gl'
import type { Tokens } from '../theme/index.ts'
import { mapFonts } from './style.ts'

export type Light = 'green' | 'yellow' | 'red' | 'rest'
export interface MapCase {
  id: string
  lon: number
  lat: number
  light: Light
}
export interface MapAlarm {
  id: string
  lon: number
  lat: number
  level: 'warn' | 'alarm' | 'severe'
}

interface PointFeature {
  type: 'Feature'
  id?: number
  geometry: { type: 'Point'; coordinates: [number, number] }
  properties: Record<string, string | number | boolean>
}
export interface Points {
  type: 'FeatureCollection'
  features: PointFeature[]
}
export const point = (lon: number, lat: number, properties: PointFeature['properties']): PointFeature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, lat] },
  properties,
})
export const points = (features: PointFeature[] = []): Points => ({ type: 'FeatureCollection', features })

const rank: Record<Light, number> = { red: 3, yellow: 2, green: 1, rest: 0 }
export const casePoints = (cases: readonly MapCase[]): Points =>
  points(cases.map((c) => point(c.lon, c.lat, { id: c.id, light: c.light, rank: rank[c.light] })))
export const alarmPoints = (alarms: readonly MapAlarm[]): Points =>
  points(alarms.map((a) => point(a.lon, a.lat, { id: a.id, level: a.level === 'warn' ? 'warn' : 'alarm' })))

/** Most cases of a cluster that are late, so that a red one never hides in a blue circle. */
export const overlaySources: Record<string, GeoJSONSourceSpecification> = {
  cases: {
    type: 'geojson',
    data: points() as never,
    cluster: true,
    clusterRadius: 44,
    clusterMaxZoom: 15,
    clusterProperties: {
      red: ['+', ['case', ['==', ['get', 'light'], 'red'], 1, 0]],
      yellow: ['+', ['case', ['==', ['get', 'light'], 'yellow'], 1, 0]],
    },
  },
  alarms: { type: 'geojson', data: points() as never },
  vehicles: { type: 'geojson', data: points() as never },
  selected: { type: 'geojson', data: points() as never },
}

export function overlayLayers(t: Tokens, scale = 1): LayerSpecification[] {
  const isCluster = ['has', 'point_count'] as never
  return [
    {
      // Where there are too many vehicles for a sign each; below this the signs themselves are drawn by the graphics card.
      id: 'vehicle-count',
      source: 'vehicles',
      type: 'circle',
      paint: {
        'circle-color': t['accent-soft'],
        'circle-opacity': 0.85,
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['get', 'count'],
          1,
          11 * scale,
          400,
          22 * scale,
          5000,
          34 * scale,
        ],
        'circle-stroke-width': 1,
        'circle-stroke-color': t.accent,
      },
    },
    {
      id: 'vehicle-number',
      source: 'vehicles',
      type: 'symbol',
      layout: {
        'text-field': ['to-string', ['get', 'count']],
        'text-font': mapFonts,
        'text-size': 12 * scale,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': t.text },
    },
    {
      id: 'case-cluster',
      source: 'cases',
      type: 'circle',
      filter: isCluster,
      paint: {
        'circle-color': t['accent-soft'],
        'circle-opacity': 0.92,
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['get', 'point_count'],
          2,
          14 * scale,
          50,
          22 * scale,
          400,
          32 * scale,
        ],
        'circle-stroke-width': ['case', ['>', ['get', 'red'], 0], 2, 1],
        'circle-stroke-color': ['case', ['>', ['get', 'red'], 0], t.bad, ['>', ['get', 'yellow'], 0], t.warn, t.accent],
      },
    },
    {
      id: 'case-count',
      source: 'cases',
      type: 'symbol',
      filter: isCluster,
      layout: {
        'text-field': [
          'case',
          ['>', ['get', 'red'], 0],
          ['concat', ['get', 'point_count'], '\n▲', ['get', 'red']],
          ['to-string', ['get', 'point_count']],
        ],
        'text-font': mapFonts,
        'text-size': 12 * scale,
        'text-line-height': 1.05,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': t.text },
    },
    {
      id: 'alarm-pulse',
      source: 'alarms',
      type: 'circle',
      paint: {
        'circle-radius': 14,
        'circle-color': t.bad,
        'circle-opacity': 0,
        'circle-stroke-width': 1.5,
        'circle-stroke-color': ['match', ['get', 'level'], 'alarm', t.bad, t.warn],
        'circle-stroke-opacity': 0.6,
      },
    },
    {
      id: 'case',
      source: 'cases',
      type: 'symbol',
      filter: ['!', isCluster] as never,
      layout: {
        'icon-image': ['concat', 'light-', ['get', 'light']],
        'icon-size': scale,
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['get', 'rank'],
      },
    },
    {
      id: 'alarm',
      source: 'alarms',
      type: 'symbol',
      layout: {
        'icon-image': ['concat', 'alarm-', ['get', 'level']],
        'icon-size': scale,
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
      },
    },
    {
      id: 'selected-ring',
      source: 'selected',
      type: 'circle',
      paint: {
        'circle-radius': 17 * scale,
        'circle-color': t.accent,
        'circle-opacity': 0.14,
        'circle-stroke-width': 2,
        'circle-stroke-color': t.accent,
      },
    },
    {
      // The chosen one shows its own sign, also while its neighbours are one circle.
      id: 'selected-case',
      source: 'selected',
      type: 'symbol',
      filter: ['has', 'light'],
      layout: {
        'icon-image': ['concat', 'light-', ['get', 'light']],
        'icon-size': 1.15 * scale,
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
      },
    },
  ]
}

/** Layers whose points can be clicked, topmost first. */
export const clickable = ['alarm', 'case', 'case-cluster']
