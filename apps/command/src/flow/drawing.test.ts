import { defaultFlow, leadsTo, passableStages, stepNames, stepOf } from '@pentad/cases/model'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawnSize, edgesOf, nodeHeight, nodesOf, nodeWidth, withStage, withStep } from './drawing.ts'

test('every step that leads elsewhere is a line, and no line begins or ends at a stage that is left out [CMD-20]', () => {
  const moving = stepNames.filter((s) => stepOf(s).to !== 'same' && stepOf(s).to !== 'back')
  const drawn = edgesOf(defaultFlow).map((e) => e.step)
  // A draft is its writer's alone and does not stand on the drawing.
  expect(moving.filter((s) => !drawn.includes(s))).toEqual(['submit', 'self_handle'])
  fc.assert(
    fc.property(fc.subarray([...passableStages]), (off) => {
      const flow = { ...defaultFlow, off }
      for (const { step } of edgesOf(flow)) {
        const { to } = stepOf(step)
        if (to !== 'same' && to !== 'back') expect(off).not.toContain(leadsTo(flow, to))
      }
    }),
  )
})

test('all stages stand inside the drawing and none on another', () => {
  const nodes = nodesOf(defaultFlow)
  for (const [i, a] of nodes.entries()) {
    expect(a.x + nodeWidth).toBeLessThanOrEqual(drawnSize.width)
    expect(a.y + nodeHeight).toBeLessThanOrEqual(drawnSize.height)
    for (const b of nodes.slice(i + 1))
      expect(Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= nodeHeight).toBe(true)
  }
})

test('switching off and on again changes nothing', () => {
  expect(withStage(withStage(defaultFlow, 'feedback', false), 'feedback', true)).toEqual(defaultFlow)
  expect(withStep(withStep(defaultFlow, 'merge', false), 'merge', true)).toEqual(defaultFlow)
})
