import { join } from 'node:path'
import { checkCensus, placeOfCell } from '@pentad/geography'
import { folderSource } from '@pentad/platform/pack'
import { refuse } from '@pentad/platform/refusal'
import { expect, test } from 'vitest'
import { toMetres } from '../gauss-kruger.ts'
import { loadPack } from '../index.ts'

test('the demo census has no fault: every number, class, state and place is right [INF-22]', async () => {
  const pack = loadPack()
  const cells = new Map(pack.cells.map((c) => [`${c.xM}:${c.yM}`, c.code]))
  const source = await folderSource(join(import.meta.dirname, '..'))
  const faults: unknown[] = []
  const order = {
    reading: {
      source,
      fault: (...said: unknown[]) => void faults.push(said),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    },
    files: source.paths.filter((p) => /^components\/.*\.csv$/.test(p)),
    crs: undefined,
    placing: {
      placeOf: ({ lon, lat }: { lon: number; lat: number }) => {
        const { xM, yM } = toMetres(lon, lat)
        const cell = cells.get(`${Math.floor(xM / 100) * 100}:${Math.floor(yM / 100) * 100}`)
        return cell ? placeOfCell(cell) : refuse('geography/outside-city')
      },
    },
    within: [''],
  }
  const { rows } = await checkCensus(order)
  expect(faults).toEqual([])
  expect(rows).toBeGreaterThan(15_000)
  const known = new Set(pack.classes.filter((c) => c.kind === 'component').map((c) => c.code))
  for (const path of order.files)
    for (const line of Buffer.from(await source.bytes(path))
      .toString()
      .trimEnd()
      .split('\n')
      .slice(1))
      expect(known).toContain(line.slice(6, 10))
})
