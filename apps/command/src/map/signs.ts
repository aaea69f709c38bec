/** The sign of each layer and state: shape and colour together, the same on the map, in the list and in the legend on paper. */
import { readOften } from '@pentad/web/map/icons.ts'
import type { Tokens } from '@pentad/web/theme/index.ts'
import type { MapLayer } from './asked.ts'

/** Paths around the middle, in pixels; holes by the even-odd rule. */
export const shapes = {
  circle: 'M0-5.5A5.5 5.5 0 1 1 0 5.5A5.5 5.5 0 1 1 0-5.5Z',
  diamond: 'M0-7L7 0L0 7L-7 0Z',
  triangle: 'M0-7L7 5.5H-7Z',
  square: 'M-5-5H5V5H-5Z',
  alarm: 'M0-9L10 8H-10ZM-1.2-3V2.6H1.2V-3ZM-1.2 4V6.2H1.2V4Z',
  arrow: 'M0-8L5.5 7L0 3.5L-5.5 7Z',
  person: 'M0-8A3.2 3.2 0 1 1 0-1.6A3.2 3.2 0 1 1 0-8ZM-6 7C-6 2 -3.6-0.4 0-0.4C3.6-0.4 6 2 6 7Z',
  radio: 'M-4.5-4H1V-8.5H3V-4H4.5V7H-4.5ZM-2.5-1.6V1H2.5V-1.6Z',
  hexagon: 'M-3.7-6.2H3.7L7.3 0L3.7 6.2H-3.7L-7.3 0Z',
  house: 'M0-7.5L7-1.2V6.5H-7V-1.2Z',
  post: 'M-3.5-6H3.5V-1H0.9V7H-0.9V-1H-3.5Z',
  dot: 'M0-3.5A3.5 3.5 0 1 1 0 3.5A3.5 3.5 0 1 1 0-3.5Z',
} as const
export type ShapeName = keyof typeof shapes
export type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'accent'
export interface Sign {
  shape: ShapeName
  tone: Tone
  /** Only its edge: not heard from. */
  hollow?: boolean
}

export const signName = ({ shape, tone, hollow }: Sign): string => `sign-${shape}-${tone}${hollow ? '-o' : ''}`
const allTones: readonly Tone[] = ['ok', 'warn', 'bad', 'idle', 'accent']
const allSigns: Sign[] = (Object.keys(shapes) as ShapeName[]).flatMap((shape) =>
  allTones.flatMap((tone) => [
    { shape, tone },
    { shape, tone, hollow: true },
  ]),
)

const byState: Record<string, Record<string, Sign>> = {
  cases: {
    rest: { shape: 'square', tone: 'idle' },
    green: { shape: 'circle', tone: 'ok' },
    yellow: { shape: 'diamond', tone: 'warn' },
    red: { shape: 'triangle', tone: 'bad' },
  },
  components: {
    intact: { shape: 'post', tone: 'accent' },
    damaged: { shape: 'post', tone: 'warn' },
    lost: { shape: 'post', tone: 'bad', hollow: true },
  },
  'hung-items': { hung: { shape: 'square', tone: 'warn' }, late: { shape: 'square', tone: 'bad' } },
  alarms: {
    warn: { shape: 'alarm', tone: 'warn' },
    alarm: { shape: 'alarm', tone: 'bad' },
    severe: { shape: 'alarm', tone: 'bad' },
  },
}
const byResource: Record<string, ShapeName> = {
  sensors: 'hexagon',
  vehicles: 'arrow',
  officers: 'person',
  radios: 'radio',
  components: 'post',
  places: 'dot',
}
const heard: Record<string, Pick<Sign, 'tone' | 'hollow'>> = {
  online: { tone: 'accent' },
  never: { tone: 'idle', hollow: true },
  silent: { tone: 'warn', hollow: true },
}
/**
 * States of ledgers, which a city names itself, the most pressing last: settled ones are hollow. None is red, since nobody
 * told us that any of them is an offence.
 */
function ledgerSign(fromLast: number, count: number, shape: ShapeName): Sign {
  if (count > 1 && fromLast === count - 1) return { shape, tone: 'idle', hollow: true }
  return { shape, tone: count > 2 && fromLast === 0 ? 'warn' : 'accent', hollow: fromLast > 1 }
}

export function signOf(layer: Pick<MapLayer, 'id' | 'resource' | 'states'>, state: string | null): Sign {
  const own = byState[layer.id]?.[state ?? '']
  if (own) return own
  const shape = byResource[layer.resource ?? ''] ?? (layer.id === 'places' ? 'dot' : 'house')
  const device = heard[state ?? '']
  if (device) return { shape, ...device }
  const at = layer.states.findIndex((s) => s.id === state)
  if (at < 0 || layer.states.length < 2) return { shape, tone: 'accent' }
  return ledgerSign(layer.states.length - 1 - at, layer.states.length, shape)
}
/** The sign for the layer as a whole. */
export const headSign = (layer: Pick<MapLayer, 'id' | 'resource' | 'states'>): Sign =>
  layer.id === 'cases'
    ? { shape: 'circle', tone: 'ok' }
    : signOf(layer, layer.states.find((s) => s.id === 'online' || s.id === 'alarm' || s.id === 'intact')?.id ?? null)

/** With whom a case lies, as a sign: with the centre, a unit, a checker, sent back. */
export const stageSigns = {
  centre: { shape: 'square', tone: 'warn' },
  unit: { shape: 'circle', tone: 'accent' },
  checking: { shape: 'hexagon', tone: 'ok' },
  rework: { shape: 'triangle', tone: 'bad' },
} as const satisfies Record<string, Sign>
export type Stage = keyof typeof stageSigns
export const stageOf: Record<string, Stage> = {
  reported: 'centre',
  pending_file: 'centre',
  pending_dispatch: 'centre',
  feedback: 'centre',
  pending_close: 'centre',
  pending_sign: 'unit',
  disposing: 'unit',
  checking: 'checking',
  rework: 'rework',
}

const size = 24
export const signScale = 2

function drawn({ shape, tone, hollow }: Sign, t: Tokens): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size * signScale
  const c = canvas.getContext('2d', readOften)
  if (!c) throw new Error('no 2d canvas')
  c.scale(signScale, signScale)
  c.translate(size / 2, size / 2)
  c.lineJoin = 'round'
  const path = new Path2D(shapes[shape])
  c.lineWidth = hollow ? 4.5 : 3
  c.strokeStyle = t['map-ground']
  c.stroke(path)
  c.fillStyle = hollow ? t['map-ground'] : t[tone]
  c.fill(path, 'evenodd')
  if (hollow) {
    c.lineWidth = 1.8
    c.strokeStyle = t[tone]
    c.stroke(path)
  }
  return c.getImageData(0, 0, canvas.width, canvas.height)
}
/** All of them for a theme, by name. */
export const signImages = (t: Tokens): Record<string, ImageData> =>
  Object.fromEntries(allSigns.map((sign) => [signName(sign), drawn(sign, t)]))
