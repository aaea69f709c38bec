/** What all modules show on the map: every layer can be read, by tile and by item, and says what it promises. */

import { listLayers, thematicMapIds } from '@pentad/geography/contract'
import { permissionsOf, roles } from '@pentad/identity/model'
import { actorWith, testServer } from '@pentad/platform/testing'
import { thematicMaps } from '@pentad/platform/tiles'
import { expect, test } from 'vitest'
import { layTestCity } from '../../modules/cases/testing.ts'
import { modules } from './modules.ts'

const { db, base, as, cookieOf } = await testServer(modules)
await layTestCity(db)
const everything = [...new Set(roles.flatMap((role) => permissionsOf[role]))]
const all = actorWith({ may: everything, areas: [''] })

test('what the city has is on the map: areas, cells, places, components, cases, alarms, devices, vehicles, officers [ONE-12]', async () => {
  const { layers, maps } = await as(all)(listLayers)
  expect(layers.map((l) => l.id)).toEqual(
    expect.arrayContaining([
      'areas',
      'cells',
      'places',
      'components',
      'cases',
      'alarms',
      'noise-monitors',
      'vehicles',
      'officers',
      'radios',
    ]),
  )
  expect(thematicMapIds).toEqual(thematicMaps)
  for (const { id, layers: shown } of maps) expect(`${id}: ${shown.length > 3}`).toBe(`${id}: true`)
})

test('every layer answers tiles and items, and says a state and property only once [ONE-12] [ONE-09]', async () => {
  const headers = { cookie: cookieOf(all) }
  for (const { id, states, properties, tiles } of (await as(all)(listLayers)).layers) {
    const tile = await fetch(base + tiles.replace('{z}', '13').replace('{x}', '6743').replace('{y}', '3103'), {
      headers,
    })
    expect(`${id} ${[200, 204].includes(tile.status)} ${tile.status === 500 ? await tile.text() : ''}`).toBe(
      `${id} true `,
    )
    const items = await fetch(`${base}/ogc/collections/${id}/items?limit=3&bbox=116,39,117,40`, { headers })
    expect(`${id} ${items.status}`).toBe(`${id} 200`)
    const names = ['id', 'state', 'count', 'more', ...states.map((s) => s.id), ...properties.map((p) => p.id)]
    expect(`${id} ${names.filter((n, i) => names.indexOf(n) !== i)}`).toBe(`${id} `)
  }
})
