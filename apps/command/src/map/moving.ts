/** What moves, as the map draws it: which sign each device has now. Pure. */
import { type DeviceKind, type LivePosition, stateOf } from '@pentad/sensing/model'
import type { MapLayer } from './asked.ts'
import { type Sign, signOf } from './signs.ts'

export const layerOfKind: Record<DeviceKind, string> = {
  noise_monitor: 'noise-monitors',
  vehicle: 'vehicles',
  phone: 'officers',
  radio: 'radios',
  dust_monitor: 'sensors',
  weather: 'sensors',
  water: 'sensors',
  pipe: 'sensors',
  meter: 'sensors',
  counter: 'sensors',
  rfid: 'sensors',
  sensor: 'sensors',
}
export const deviceLayers: readonly string[] = [...new Set(Object.values(layerOfKind))]

/** Up to so many things glide; more than these come as tiles. */
export const mostMoving = 3000

export interface Position extends LivePosition {
  deviceId: string
  label: string | null
  at: string
}
export interface Moving {
  handle: number
  id: string
  layer: string
  label: string
  sign: Sign
  still: Sign
}
export function movingOf(
  positions: readonly Position[],
  layers: readonly MapLayer[],
  only: Readonly<Record<string, readonly string[]>>,
  now: Date,
): Map<number, Moving> {
  const known = new Map(layers.map((l) => [l.id, l]))
  return new Map(
    positions.flatMap((p) => {
      const layer = known.get(layerOfKind[p.kind])
      const state = stateOf(p.kind, new Date(p.at), now)
      if (!layer || (only[layer.id] && !only[layer.id]?.includes(state))) return []
      const sign = signOf(layer, state)
      const still: Sign = sign.shape === 'arrow' ? { ...sign, shape: 'dot' } : sign
      // A person's name stands on no map.
      const label = p.kind === 'vehicle' ? (p.label ?? '') : ''
      return [[p.handle, { handle: p.handle, id: p.deviceId, layer: layer.id, label, sign, still }] as const]
    }),
  )
}
