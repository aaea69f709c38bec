/** The door: what modules show on the map, and the tiles made from it. */
export type { Item } from './items.ts'
export { boxOf, isTile, type TileAt, worldX, worldY } from './mercator.ts'
export { MvtLayer, mvtOf } from './mvt.ts'
export { LayerRegistry, pointsFrom, sightIn, type Tile, type TileWish, zoomsOf } from './registry.ts'
export { drawShape, type GeoJson, type Shape, ShapeStore, shapeOf } from './shapes.ts'
export {
  type LayerFamily,
  type LayerProperty,
  type LayerSource,
  type LayerState,
  type Layers,
  layer,
  type ThematicMap,
  thematicMaps,
} from './source.ts'
