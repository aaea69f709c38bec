/** Where the map looks, and how that stands in an address: `116.41,39.93,13.2`. */
export interface MapView {
  lon: number
  lat: number
  zoom: number
}

export const viewWords = ({ lon, lat, zoom }: MapView): string =>
  `${lon.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`

export function viewFrom(words: unknown): MapView | null {
  if (typeof words !== 'string') return null
  const [lon, lat, zoom] = words.split(',').map(Number)
  if (lon === undefined || lat === undefined || zoom === undefined) return null
  const sane = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 22
  return sane ? { lon, lat, zoom } : null
}

/** What MapLibre is started with: the view, or the whole area. */
export const fitView = (view: MapView | null, bounds: [number, number, number, number]) =>
  view
    ? { center: [view.lon, view.lat] as [number, number], zoom: view.zoom }
    : { bounds, fitBoundsOptions: { padding: 24 } }
