/** Areas, cells, places, the base map: the door for the server. */

import type { Db } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import type { Module } from '@pentad/platform/module'
import { baseMapPart } from './base-map/pack.ts'
import { layers } from './map/layers.ts'
import { routes as mapRoutes } from './map/routes.ts'
import { messages } from './messages.ts'
import { routes as ogcRoutes } from './ogc/routes.ts'
import { type CityLoad, loadCityRows } from './queries.ts'
import { routes } from './routes.ts'

export { beginEdition, type EditionOrder, endEdition, putCity, renewCity } from './editions.ts'
export { baseMapPart } from './base-map/pack.ts'
export { type Locator, locatorOf, type PlaceWords, placeOfCell } from './locator.ts'
export { areasOf, type CityLoad, theCity } from './queries.ts'
export { placeSaid } from './routes.ts'

/** Lays a city into an empty database. */
export const loadCity = (db: Db, load: CityLoad): Promise<void> => loadCityRows(db, load, newId())

export const geography: Module = {
  name: 'geography',
  migrations: new URL('./migrations/', import.meta.url),
  routes: [...routes, ...mapRoutes, ...ogcRoutes],
  layers,
  pack: [baseMapPart],
  messages,
}
