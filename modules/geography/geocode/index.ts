export { type Geocoded, type GeocodeOrder, geocode, rememberSaid } from './ask.ts'
export { placesPart } from './pack.ts'
export { geocodeRoutes } from './routes.ts'
