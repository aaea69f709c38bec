import { expect, test } from 'vitest'
import type { TokenName, Tokens } from '../theme/index.ts'
import { overlayLayers, overlaySources } from './layers.ts'
import { baseLayers, baseStyle, changed } from './style.ts'

const tokens = (colour: string): Tokens => new Proxy({} as Record<TokenName, string>, { get: () => colour })
const base = {
  type: 'FeatureCollection' as const,
  attribution: { 'zh-CN': '', en: '' },
  bounds: [0, 0, 1, 1] as [number, number, number, number],
  features: [],
}

test('the map names no address outside: no glyphs, no sprite, no tiles', () => {
  const style = {
    ...baseStyle(base, tokens('#000000'), 'zh-CN'),
    overlay: overlayLayers(tokens('#000000')),
    sources2: overlaySources,
  }
  expect(JSON.stringify(style)).not.toMatch(/https?:|glyphs|sprite/)
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
