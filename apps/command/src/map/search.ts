/** Finding on the map: one function between the box and whatever answers it. */
import { listCases } from '@pentad/cases/contract'
import { searchPlaces } from '@pentad/geography/contract'
import type { LonLat } from '@pentad/platform/geo'
import { listDevices } from '@pentad/sensing/contract'
import { api } from '@pentad/web/api.ts'
import { text } from '@pentad/web/i18n.ts'
import type { Chosen } from './address.ts'

export interface Hit {
  key: string
  group: 'places' | 'cases' | 'devices'
  title: string
  note: string
  /** Where it is; null where it has no place. */
  at: LonLat | null
  chosen: Chosen | null
}

const layerOfKind = {
  noise_monitor: 'noise-monitors',
  vehicle: 'vehicles',
  phone: 'officers',
  radio: 'radios',
} as const

/** What the caller may see of cases, places and devices, each group by its own order. */
export async function findOnMap(q: string, may: (permission: string) => boolean, signal: AbortSignal): Promise<Hit[]> {
  const [places, cases, devices] = await Promise.all([
    api(searchPlaces, { query: { q } }, { signal }),
    may('cases.read') ? api(listCases, { query: { queue: 'open', q, most: 5 } }, { signal }) : null,
    may('sensing.read') ? api(listDevices, { query: {} }, { signal }) : null,
  ])
  const words = q.toLowerCase()
  return [
    ...places.places.slice(0, 5).map(
      (p): Hit => ({
        key: `p${p.name}${p.lon}`,
        group: 'places',
        title: p.name,
        note: p.within,
        at: [p.lon, p.lat],
        chosen: null,
      }),
    ),
    ...(cases?.cases ?? []).map(
      (c): Hit => ({
        key: c.id,
        group: 'cases',
        title: `${text(c.className)} · ${text(c.placeWords)}`,
        note: c.no,
        at: [c.lon, c.lat],
        chosen: { layer: 'cases', id: c.id },
      }),
    ),
    ...(devices?.devices ?? [])
      .filter((d) => `${text(d.name)} ${d.label ?? ''} ${d.address}`.toLowerCase().includes(words))
      .slice(0, 5)
      .map(
        (d): Hit => ({
          key: d.id,
          group: 'devices',
          title: text(d.name),
          note: d.label ?? d.address,
          at: d.lon === null || d.lat === null ? null : [d.lon, d.lat],
          chosen: { layer: layerOfKind[d.kind], id: d.id },
        }),
      ),
  ]
}
