/** Areas, cells, places, the base map: the door for the server. */

import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import type { Module } from '@pentad/platform/module'
import { baseMapPart } from './base-map/pack.ts'
import {
  componentJobs,
  componentLayers,
  componentListeners,
  componentMessages,
  componentRoutes,
  componentsPart as componentsPartBy,
  placingBy,
} from './components/index.ts'
import { placesPart } from './geocode/index.ts'
import { areasPart } from './grid/pack-areas.ts'
import { cellsPart } from './grid/pack-cells.ts'
import { dutyGridsPart, specialGridsPart } from './grid/pack-grids.ts'
import { gridRoutes } from './grid/routes.ts'
import { locatorOf } from './locator.ts'
import { layers } from './map/layers.ts'
import { routes as mapRoutes } from './map/routes.ts'
import { messages } from './messages.ts'
import { routes as ogcRoutes } from './ogc/routes.ts'
import { type CityLoad, loadCityRows, theCity } from './queries.ts'
import { routes } from './routes.ts'

export { baseMapPart } from './base-map/pack.ts'
export {
  type ComponentRow,
  checkCensus,
  componentById,
  componentsNear,
  layCensus,
  type NearRow,
  type Placing,
  settleInCells,
} from './components/index.ts'
export { type Divisions, readDivisions } from './divisions.ts'
export { beginEdition, type EditionOrder, endEdition, putCity, renewCity } from './editions.ts'
export { type Geocoded, type GeocodeOrder, geocode, placesPart, rememberSaid } from './geocode/index.ts'
export { areasPart, type PackAreas } from './grid/pack-areas.ts'
export { cellsPart, type PackCells } from './grid/pack-cells.ts'
export { type CellVersion, cellAt, cellEndOf } from './grid/queries.ts'
export { type Locator, locatorOf, type PlaceWords, placeOfCell } from './locator.ts'
export { areasOf, type CityLoad, theCity } from './queries.ts'
export { reachOf } from './reach.ts'
export { placeSaid } from './routes.ts'

/** Components find their cells among those of the pack, else among the city's; with neither, when they are laid. */
export const componentsPart = componentsPartBy(async (reading) => {
  const { db } = reading
  const here = db && (await theCity(db)) ? await locatorOf(db) : undefined
  return placingBy(reading.of(cellsPart)?.cells ?? [], here)
})

/** Lays a city into an empty database. */
export const loadCity = (db: Db, load: CityLoad): Promise<void> => loadCityRows(db, load, newId())

export const geography: Module = {
  name: 'geography',
  migrations: new URL('./migrations/', import.meta.url),
  routes: [...routes, ...gridRoutes, ...componentRoutes, ...mapRoutes, ...ogcRoutes],
  jobs: [...componentJobs],
  on: [...componentListeners],
  layers: [...layers, ...componentLayers],
  messages: {
    'zh-CN': { ...messages['zh-CN'], ...componentMessages['zh-CN'] },
    en: { ...messages.en, ...componentMessages.en },
  },
  pack: [areasPart, cellsPart, specialGridsPart, dutyGridsPart, baseMapPart, placesPart, componentsPart],
}
