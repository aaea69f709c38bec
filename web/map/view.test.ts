import { expect, test } from 'vitest'
import { viewFrom, viewWords } from './view.ts'

test('a map view in an address comes back as it was sent', () => {
  const view = { lon: 116.41667, lat: 39.93333, zoom: 13.25 }
  expect(viewFrom(viewWords(view))).toEqual(view)
})

test('nonsense in an address shows the whole area instead', () => {
  for (const words of [undefined, '', 'a,b,c', '116.4', '400,39,12', ['x']]) expect(viewFrom(words)).toBeNull()
})
