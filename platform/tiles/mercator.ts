/** Web-Mercator tiles (EPSG:3857, XYZ). A place is two whole numbers of 30 bits: 4 cm at the equator, and any tile is a shift away. */
import type { Box } from '../geo.ts'

export interface TileAt {
  z: number
  x: number
  y: number
}

/** Units across a tile, as Mapbox Vector Tile 2.1 has them. */
export const extent = 4096
export const worldBits = 30
const world = 2 ** worldBits
const maxLat = 85.051_128_779_806_6

/** Degrees east as world units from the date line, 0 … 2³⁰ − 1. */
export const worldX = (lon: number): number => Math.min(world - 1, Math.max(0, Math.floor(((lon + 180) / 360) * world)))

/** Degrees north as world units from the north, 0 … 2³⁰ − 1. */
export function worldY(lat: number): number {
  const sin = Math.sin((Math.min(maxLat, Math.max(-maxLat, lat)) * Math.PI) / 180)
  return Math.min(world - 1, Math.max(0, Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * world)))
}

export const lonAt = (x: number): number => (x / world) * 360 - 180
export const latAt = (y: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / world))) * 180) / Math.PI

/** World units across a tile. */
export const tileWorld = (z: number): number => 2 ** (worldBits - z)

export function boxOf({ z, x, y }: TileAt): Box {
  const size = tileWorld(z)
  return [lonAt(x * size), latAt((y + 1) * size), lonAt((x + 1) * size), latAt(y * size)]
}

export const isTile = ({ z, x, y }: TileAt): boolean =>
  z >= 0 && z <= 24 && x >= 0 && y >= 0 && x < 2 ** z && y < 2 ** z

/** The tile above at a lower zoom. */
export const ancestorAt = ({ z, x, y }: TileAt, zoom: number): TileAt =>
  zoom >= z ? { z, x, y } : { z: zoom, x: Math.floor(x / 2 ** (z - zoom)), y: Math.floor(y / 2 ** (z - zoom)) }

/** One number for a tile of a zoom up to 26. */
export const tileKey = (z: number, x: number, y: number): number => x * 2 ** z + y
