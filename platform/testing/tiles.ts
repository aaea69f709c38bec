/** For tests: what is in a tile, as a map reads it. */
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'

export interface TileFeature {
  properties: Record<string, string | number | boolean>
  type: number
  geometry: { x: number; y: number }[][]
}

/** The features of a tile by layer. */
export function tileIn(bytes: Uint8Array): Record<string, TileFeature[]> {
  const tile = new VectorTile(new PbfReader(bytes))
  return Object.fromEntries(
    Object.entries(tile.layers).map(([name, layer]) => [
      name,
      Array.from({ length: layer.length }, (_, i) => {
        const feature = layer.feature(i)
        return {
          properties: feature.properties as TileFeature['properties'],
          type: feature.type,
          geometry: feature.loadGeometry(),
        }
      }),
    ]),
  )
}

/** Asks a server for a tile of one layer, as the holder of a cookie. */
export async function fetchTile(base: string, path: string, cookie?: string): Promise<TileFeature[]> {
  const response = await fetch(`${base}/tiles/${path}`, { headers: cookie ? { cookie } : {} })
  if (response.status === 204) return []
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  const layers = tileIn(new Uint8Array(await response.arrayBuffer()))
  return layers[path.split('/')[0] ?? ''] ?? []
}
