/** The signs on the map, drawn once for a theme: the same shapes as the lists show. */
import type { Tokens } from '../theme/index.ts'

const size = 22
const scale = 2

/** Drawn without the graphics card: each reading back from it costs more than the drawing. */
export const readOften: CanvasRenderingContext2DSettings = { willReadFrequently: true }

type Draw = (c: CanvasRenderingContext2D) => void

function sign(fill: string, edge: string, shape: Draw): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size * scale
  const c = canvas.getContext('2d', readOften)
  if (!c) throw new Error('no 2d canvas')
  c.scale(scale, scale)
  c.translate(size / 2, size / 2)
  c.lineJoin = 'round'
  c.beginPath()
  shape(c)
  c.closePath()
  c.lineWidth = 3
  c.strokeStyle = edge
  c.stroke()
  c.fillStyle = fill
  c.fill()
  return c.getImageData(0, 0, canvas.width, canvas.height)
}

const polygon =
  (...corners: [number, number][]): Draw =>
  (c) => {
    corners.forEach(([x, y], i) => {
      if (i) c.lineTo(x, y)
      else c.moveTo(x, y)
    })
  }
const circle =
  (r: number): Draw =>
  (c) =>
    c.arc(0, 0, r, 0, 2 * Math.PI)
const diamond = polygon([0, -7], [7, 0], [0, 7], [-7, 0])
const triangle = polygon([0, -7], [7, 5.5], [-7, 5.5])
const square = polygon([-5, -5], [5, -5], [5, 5], [-5, 5])
const arrow = polygon([0, -8], [5.5, 7], [0, 3.5], [-5.5, 7])

function alarmSign(fill: string, edge: string): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 28 * scale
  const c = canvas.getContext('2d', readOften)
  if (!c) throw new Error('no 2d canvas')
  c.scale(scale, scale)
  c.translate(14, 14)
  c.lineJoin = 'round'
  c.beginPath()
  polygon([0, -10], [11, 9], [-11, 9])(c)
  c.closePath()
  c.lineWidth = 4
  c.strokeStyle = edge
  c.stroke()
  c.fillStyle = fill
  c.fill()
  c.fillStyle = edge
  c.fillRect(-1.2, -4, 2.4, 7)
  c.fillRect(-1.2, 4.6, 2.4, 2.4)
  return c.getImageData(0, 0, canvas.width, canvas.height)
}

export const mapIcons = (t: Tokens): Record<string, ImageData> => ({
  'light-green': sign(t.ok, t['map-ground'], circle(5.5)),
  'light-yellow': sign(t.warn, t['map-ground'], diamond),
  'light-red': sign(t.bad, t['map-ground'], triangle),
  'light-rest': sign(t.idle, t['map-ground'], square),
  'alarm-alarm': alarmSign(t.bad, t['map-ground']),
  'alarm-warn': alarmSign(t.warn, t['map-ground']),
  vehicle: sign(t.accent, t['map-ground'], arrow),
  'vehicle-still': sign(t.accent, t['map-ground'], circle(4.5)),
})
export const iconScale = scale
