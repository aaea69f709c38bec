/** Finding on the map: one function between the box and whatever answers it. */
import { searchAll } from '@pentad/analysis/contract'
import type { Reply } from '@pentad/platform/contract'
import type { LonLat } from '@pentad/platform/geo'
import { listDevices } from '@pentad/sensing/contract'
import { api } from '@pentad/web/api.ts'
import type { Chosen } from './address.ts'
import { layerOfKind } from './moving.ts'

type Found = Reply<typeof searchAll>['groups'][number]['hits'][number]
export interface Hit {
  key: string
  group: Found['kind']
  title: string
  note: string
  /** Where it is; null where it has no place. */
  at: LonLat | null
  /** The thing on the map; null where it is only a place, or not on the map at all. */
  chosen: Chosen | null
  /** Its page, for what has no place: a person, a law. */
  href: string | null
}

/** What the caller may see, by groups: places first, since this is a map. */
export async function findOnMap(q: string, signal: AbortSignal): Promise<Hit[]> {
  const { groups } = await api(searchAll, { query: { q, most: 4 } }, { signal })
  const asDevices = groups.some((g) => g.kind === 'device')
  const devices = asDevices ? (await api(listDevices, { query: {} }, { signal })).devices : []
  const chosenOf = ({ kind, id, number }: Found): Chosen | null => {
    if (kind === 'case') return { layer: 'cases', id }
    if (kind === 'area' && number) return { layer: number.length === 15 ? 'cells' : 'areas', id: number }
    const device = kind === 'device' ? devices.find((d) => d.id === id) : undefined
    return device ? { layer: layerOfKind[device.kind], id } : null
  }
  const hits = groups.flatMap((g) =>
    g.hits.map(
      (h): Hit => ({
        key: `${h.kind} ${h.id}`,
        group: h.kind,
        title: h.title,
        note: [h.number, h.note].filter(Boolean).join(' · '),
        at: h.lon === null || h.lat === null ? null : [h.lon, h.lat],
        chosen: chosenOf(h),
        href: h.href,
      }),
    ),
  )
  const first = (h: Hit): number => (h.group === 'place' || h.group === 'area' ? 0 : 1)
  return hits.sort((a, b) => first(a) - first(b))
}
