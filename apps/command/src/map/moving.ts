/** What moves, as the map draws it: which sign each has by its kind and state. Pure. */
import { type DeviceKind, deviceKinds, movingStates, standingKinds } from '@pentad/sensing/model'
import type { MapLayer } from './asked.ts'
import { type ShapeName, type Sign, signName, signOf, type Tone } from './signs.ts'

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

/** Kinds that move, each drawn as its layer says. */
const movingKinds: readonly DeviceKind[] = deviceKinds.filter((k) => !standingKinds.includes(k))
export const kindsOf = (layers: readonly Pick<MapLayer, 'id'>[]): DeviceKind[] =>
  movingKinds.filter((k) => layers.some((l) => l.id === layerOfKind[k]))

/** Every sign that something which moves can have: the order is the order in the picture that the graphics card reads. */
const shapesOfMoving: readonly ShapeName[] = ['arrow', 'dot', 'person', 'radio']
const tonesOfMoving: readonly Tone[] = ['accent', 'warn', 'idle']
export const movingSigns: readonly Sign[] = shapesOfMoving.flatMap((shape) =>
  tonesOfMoving.flatMap((tone): Sign[] => [
    { shape, tone },
    { shape, tone, hollow: true },
  ]),
)
const numberOfSign = new Map(movingSigns.map((sign, i) => [signName(sign), i]))

/** Below zero: its layer is off, or its state is not wanted. */
export function spritesOf(
  layers: readonly MapLayer[],
  only: Readonly<Record<string, readonly string[]>>,
): (kind: number, state: number, turns: boolean) => number {
  const known = new Map(layers.map((l) => [l.id, l]))
  const table = new Map<number, number>()
  for (const [kind, name] of deviceKinds.entries())
    for (const [state, word] of movingStates.entries())
      for (const turns of [0, 1]) {
        const layer = known.get(layerOfKind[name])
        const wanted = layer && movingKinds.includes(name) && (!only[layer.id] || only[layer.id]?.includes(word))
        const sign = layer && signOf(layer, word)
        const shown: Sign | undefined = sign?.shape === 'arrow' && !turns ? { ...sign, shape: 'dot' } : sign
        table.set(kind * 64 + state * 2 + turns, wanted && shown ? (numberOfSign.get(signName(shown)) ?? -1) : -1)
      }
  return (kind, state, turns) => table.get(kind * 64 + state * 2 + Number(turns)) ?? -1
}
