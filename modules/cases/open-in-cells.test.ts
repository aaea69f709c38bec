import { actorWith, testServer } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { openInCells } from './contract.ts'
import { intake } from './intake.ts'
import { insideCell, layTestCity, outsideCell, pointIn, rubble } from './testing.ts'

const clock = new Date('2026-03-02T02:00:00Z')
const { db, as } = await testServer(modules, { clock: () => clock })
await layTestCity(db)
const desk = as(actorWith({ areas: ['110101'], may: ['cases.read'] }))

test('open cases are counted by cell, for whoever may see them there [SEN-14] [CMD-16]', async () => {
  for (const cell of [insideCell, outsideCell]) {
    const taken = await intake(db, {
      ...rubble,
      ...{ source: 'hotline', point: pointIn(cell), text: `渣土 ${cell}`, at: clock, now: clock },
      ...{ actorId: 'test', original: {} },
    })
    expect(taken).not.toHaveProperty('refused')
  }
  const asked = async (within: string) => (await desk(openInCells, { query: { within } })).cells
  expect(await asked(insideCell.slice(0, 6))).toEqual([{ code: insideCell, open: 1, overdue: 0 }])
  expect(await asked(outsideCell.slice(0, 6))).toEqual([])
  expect(await asked(insideCell)).toHaveLength(1)
})
