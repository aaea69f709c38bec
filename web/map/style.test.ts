import { expect, test, vi } from 'vitest'
import type { TokenName, Tokens } from '../theme/index.ts'
import { overlayLayers, overlaySources } from './layers.ts'
import { type BaseMap, baseLayers, baseStyle, changed } from './style.ts'

const tokens = (colour: string): Tokens => new Proxy({} as Record<TokenName, string>, { get: () => colour })
const base: BaseMap = {
  attribution: { 'zh-CN': '', en: '' },
  bounds: [0, 0, 1, 1],
  schematic: true,
  from: { tiles: ['https://elsewhere.example/tiles/base/{z}/{x}/{y}.mvt?v=1'], minzoom: 5, maxzoom: 14 },
}
const here = 'http://here.example'
vi.stubGlobal('location', { origin: here })

test('the map names no address but the page’s own: no glyphs, no sprite, tiles from here', () => {
  const style = {
    ...baseStyle(base, tokens('#000000'), 'zh-CN'),
    overlay: overlayLayers(tokens('#000000')),
    sources2: overlaySources,
  }
  expect(JSON.stringify(style)).not.toMatch(/glyphs|sprite/)
  for (const [address] of JSON.stringify(style).matchAll(/https?:[^"]*/g)) expect(address).toMatch(`${here}/tiles/`)
})

test('the whole map of a phone is drawn by the same layers as the tiles', () => {
  const tiles = baseLayers(tokens('#000000'), 'zh-CN', 1, true)
  const whole = baseLayers(tokens('#000000'), 'zh-CN', 1, false)
  expect(whole.map(({ id, type, paint, layout }) => ({ id, type, paint, layout }))).toEqual(
    tiles.map(({ id, type, paint, layout }) => ({ id, type, paint, layout })),
  )
  for (const layer of whole) if (layer.type !== 'background') expect(layer).not.toHaveProperty('source-layer')
})

test('another theme changes colours only, so that data and switched-off layers stay', () => {
  const dark = baseLayers(tokens('#000000'), 'zh-CN')
  const light = baseLayers(tokens('#ffffff'), 'zh-CN')
  dark.forEach((layer, i) => {
    expect(changed(layer.layout, light[i]?.layout)).toEqual([])
    for (const { name } of changed(layer.paint, light[i]?.paint)) expect(name).toMatch(/color/)
  })
})

test('another language changes only what the labels say', () => {
  const zh = baseLayers(tokens('#000000'), 'zh-CN')
  const en = baseLayers(tokens('#000000'), 'en')
  zh.forEach((layer, i) => {
    for (const { name } of changed(layer.layout, en[i]?.layout)) expect(name).toBe('text-field')
  })
})
