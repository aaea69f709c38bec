/** The city's own base map in the words of OpenMapTiles (https://openmaptiles.org/schema), so that one style draws it and any better one. */
import type { GeoJson } from '@pentad/platform/tiles'
import type { FeatureRow, Geometry, OutlineRow } from '../queries.ts'

export interface OmtFeature {
  layer: OmtLayer
  /** Below it the feature is left out of tiles. */
  minZoom: number
  properties: Record<string, string | number>
  geometry: GeoJson
}
export const omtLayers = [
  'landcover',
  'landuse',
  'park',
  'water',
  'waterway',
  'transportation',
  'building',
  'boundary',
  'transportation_name',
  'water_name',
  'poi',
  'place',
] as const
export type OmtLayer = (typeof omtLayers)[number]

/** Our road classes in theirs, and from which zoom on each is drawn. */
const roads: Record<string, { class: string; minZoom: number }> = {
  motorway: { class: 'motorway', minZoom: 4 },
  ring: { class: 'trunk', minZoom: 6 },
  trunk: { class: 'trunk', minZoom: 6 },
  primary: { class: 'primary', minZoom: 8 },
  secondary: { class: 'secondary', minZoom: 9 },
  tertiary: { class: 'tertiary', minZoom: 11 },
  lane: { class: 'minor', minZoom: 12 },
  rail: { class: 'rail', minZoom: 10 },
  path: { class: 'path', minZoom: 14 },
}
const minorRoad = { class: 'minor', minZoom: 12 }
const parks = ['park', 'garden']
const covers: Record<string, string> = {
  grass: 'grass',
  wood: 'wood',
  forest: 'wood',
  pitch: 'grass',
  cemetery: 'grass',
}
const placeZoom: Record<string, number> = { city: 3, town: 7, suburb: 10, quarter: 11, station: 11, locality: 11 }

export function omtOf({ layer, class: kind, name, geometry }: FeatureRow): OmtFeature[] {
  const named = name === null ? {} : { name }
  const feature = (
    omt: OmtLayer,
    minZoom: number,
    properties: OmtFeature['properties'],
    at: Geometry = geometry,
  ): OmtFeature => ({
    layer: omt,
    minZoom,
    properties,
    geometry: at,
  })
  const isArea = geometry.type === 'Polygon' || geometry.type === 'MultiPolygon'
  switch (layer) {
    case 'road': {
      const road = roads[kind] ?? minorRoad
      const properties = { class: road.class, subclass: kind }
      return [
        feature('transportation', road.minZoom, properties),
        ...(name === null
          ? []
          : [feature('transportation_name', Math.max(10, road.minZoom + 1), { ...properties, name })]),
      ]
    }
    case 'water':
      if (!isArea) return [feature('waterway', 9, { class: kind, ...named })]
      return [
        feature('water', 6, { class: kind }),
        ...(name === null ? [] : [feature('water_name', 11, { class: kind, name }, labelPoint(geometry))]),
      ]
    case 'landuse': {
      const label = name !== null && isArea ? labelPoint(geometry) : undefined
      if (parks.includes(kind))
        return [
          feature('park', 9, { class: kind, ...named }),
          ...(label ? [feature('park', 12, { class: kind, ...named, rank: 1 }, label)] : []),
        ]
      const cover = covers[kind]
      return [
        cover ? feature('landcover', 9, { class: cover, subclass: kind }) : feature('landuse', 9, { class: kind }),
        ...(label ? [feature('poi', 12, { class: kind, subclass: kind, ...named, rank: 1 }, label)] : []),
      ]
    }
    case 'place':
      return [feature('place', placeZoom[kind] ?? 12, { class: kind, ...named })]
  }
}

/** Borders as lines, and the name of each area at its middle. */
export function omtOfArea({ level, name, geometry }: OutlineRow): OmtFeature[] {
  if (level !== 'district' && level !== 'street') return []
  const isDistrict = level === 'district'
  const polygons =
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : []
  return [
    {
      layer: 'boundary',
      minZoom: isDistrict ? 5 : 10,
      properties: { admin_level: isDistrict ? 6 : 8, maritime: 0, disputed: 0 },
      geometry: { type: 'MultiLineString', coordinates: polygons.flat() },
    },
    {
      layer: 'place',
      minZoom: isDistrict ? 8 : 11,
      properties: { class: isDistrict ? 'borough' : 'suburb', name },
      geometry: labelPoint(geometry),
    },
  ]
}

/** The centre of gravity of the largest ring: near enough for a name. */
function labelPoint(geometry: Geometry): Extract<Geometry, { type: 'Point' }> {
  const rings =
    geometry.type === 'Polygon'
      ? geometry.coordinates.slice(0, 1)
      : geometry.type === 'MultiPolygon'
        ? geometry.coordinates.flatMap((p) => p.slice(0, 1))
        : []
  let best = { area: 0, at: rings[0]?.[0] ?? ([0, 0] as const) }
  for (const ring of rings) {
    // From the first point, so that small rings far from 0° lose no digits.
    const [ox, oy] = ring[0] ?? [0, 0]
    let area = 0
    let sumX = 0
    let sumY = 0
    for (let i = 1; i < ring.length; i++) {
      const [px, py] = ring[i - 1] ?? [0, 0]
      const [qx, qy] = ring[i] ?? [0, 0]
      const cross = (px - ox) * (qy - oy) - (qx - ox) * (py - oy)
      area += cross
      sumX += (px + qx - 2 * ox) * cross
      sumY += (py + qy - 2 * oy) * cross
    }
    if (Math.abs(area) > best.area)
      best = { area: Math.abs(area), at: [ox + sumX / (3 * area), oy + sumY / (3 * area)] }
  }
  return { type: 'Point', coordinates: best.at }
}
