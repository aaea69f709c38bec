/** Drawing by hand, with terra-draw: brought in only when somebody draws. */
import type { LonLat } from '@pentad/platform/geo'
import type { Tokens } from '@pentad/web/theme/index.ts'
import type { Map as MapLibre } from 'maplibre-gl'
import { mostPoints, rounded, type Shape, type ShapeKind } from './shape.ts'

const modeOf: Record<ShapeKind, string> = {
  line: 'linestring',
  area: 'polygon',
  polygon: 'polygon',
  box: 'rectangle',
  circle: 'circle',
}

interface Drawn {
  geometry: { type: string; coordinates: unknown }
  properties: Record<string, unknown>
}
/** The deciding points of what terra-draw holds. */
function shapeOf(kind: ShapeKind, { geometry }: Drawn): Shape | null {
  const ring =
    (geometry.type === 'Polygon' ? (geometry.coordinates as LonLat[][])[0] : (geometry.coordinates as LonLat[])) ?? []
  if (kind === 'line') return { kind, points: ring.slice(0, mostPoints).map(rounded) }
  const corners = ring.slice(0, -1)
  const [first] = corners
  if (!first) return null
  if (kind === 'box') {
    const lons = corners.map(([lon]) => lon)
    const lats = corners.map(([, lat]) => lat)
    return {
      kind,
      points: [rounded([Math.min(...lons), Math.min(...lats)]), rounded([Math.max(...lons), Math.max(...lats)])],
    }
  }
  if (kind === 'circle') {
    const middle = (axis: 0 | 1) => corners.reduce((sum, p) => sum + p[axis], 0) / corners.length
    return { kind, points: [rounded([middle(0), middle(1)]), rounded(first)] }
  }
  return { kind, points: corners.slice(0, mostPoints).map(rounded) }
}

export interface Drawing {
  stop(): void
}
/** Draws one shape; `change` hears it while it grows, `done` once. Escape lets it be. */
export async function draw(
  map: MapLibre,
  kind: ShapeKind,
  t: Tokens,
  heard: { change(shape: Shape | null): void; done(shape: Shape): void },
): Promise<Drawing> {
  const [td, { TerraDrawMapLibreGLAdapter }] = await Promise.all([
    import('terra-draw'),
    import('terra-draw-maplibre-gl-adapter'),
  ])
  const accent = t.accent as `#${string}`
  const ground = t['map-ground'] as `#${string}`
  const outline = { fillColor: accent, fillOpacity: 0.12, outlineColor: accent, outlineWidth: 2 }
  const corners = {
    closingPointColor: accent,
    closingPointWidth: 5,
    closingPointOutlineColor: ground,
    closingPointOutlineWidth: 2,
  }
  const pen = new td.TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 7 }),
    modes: [
      new td.TerraDrawLineStringMode({ styles: { lineStringColor: accent, lineStringWidth: 2, ...corners } }),
      new td.TerraDrawPolygonMode({ styles: { ...outline, ...corners } }),
      new td.TerraDrawRectangleMode({ styles: outline }),
      new td.TerraDrawCircleMode({ styles: outline }),
    ],
  })
  pen.start()
  pen.setMode(modeOf[kind])
  const mode = modeOf[kind]
  const now = (): Shape | null => {
    const held = pen.getSnapshot().find((f) => f.properties.mode === mode && f.geometry.type !== 'Point')
    return held ? shapeOf(kind, held as Drawn) : null
  }
  pen.on('change', () => heard.change(now()))
  pen.on('finish', () => {
    const shape = now()
    if (shape) heard.done(shape)
  })
  return {
    stop: () => {
      if (!pen.enabled) return
      pen.clear()
      pen.stop()
    },
  }
}
