import { openDatabase, sql } from '@pentad/platform/db'
import { testServer } from '@pentad/platform/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { listFlows, pullCases, readCase, reportCase, saveFlow, takeStep, tryFlow } from '../contract.ts'
import {
  defaultFlow,
  type Flow,
  isOpen,
  openStatuses,
  passableStages,
  type StepName,
  stepNames,
  stepOf,
  stepsFrom,
} from '../model/index.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble, rubbleStandard } from '../testing.ts'
import { faultsOf, keptFrom, reached } from './model.ts'

const { db, as, url } = await testServer(modules)
await layTestCity(db)
const a = ['110101']
const inspector = await personOf(db, 'inspector', 'a-sup', a)
const seat = await personOf(db, 'acceptor', 'a-sup', a)
const shift = await personOf(db, 'shift_leader', 'a-sup', a)
const keeper = await personOf(db, 'sys_admin', 'city', ['11'])
const report = () =>
  as(inspector)(reportCase, {
    body: {
      ...rubble,
      point: pointIn(insideCell),
      description: 'x',
      source: 'inspector',
      at: new Date().toISOString(),
    },
  })
const take = (who: typeof seat, id: string, step: StepName, extra = {}) =>
  as(who)(takeStep, { params: { id }, body: { step, at: new Date().toISOString(), ...extra } })
const definition = (changes: Partial<Flow>) => {
  const { version: _, ...rest } = { ...defaultFlow, ...changes }
  return JSON.parse(JSON.stringify(rest))
}

test('the flow that comes with the program has no fault, whichever stages are left out [CMD-20]', () => {
  fc.assert(
    fc.property(fc.subarray([...passableStages]), (off) => {
      const flow = { ...defaultFlow, off }
      expect(faultsOf(flow)).toEqual([])
      for (const stage of off) expect(reached(flow)).not.toContain(stage)
    }),
  )
})

test('a flow without faults leaves no case where nothing leads on, whatever is switched off [CMD-20] [DUM-22]', () => {
  fc.assert(
    fc.property(fc.subarray([...passableStages]), fc.subarray([...stepNames]), (off, stepsOff) => {
      const flow: Flow = { ...defaultFlow, off, stepsOff }
      if (faultsOf(flow).length) return
      for (const status of openStatuses) {
        if (!reached(flow).has(status)) continue
        const on = stepsFrom(status).filter((s) => !stepsOff.includes(s) && stepOf(s).to !== 'same')
        expect(on.length).toBeGreaterThan(0)
        if (keptFrom({ status, asked: null }, flow) === null) expect(isOpen(status)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})

test('no flow makes those who dispose the judges of their own work [INS-29]', () => {
  expect(faultsOf({ ...defaultFlow, roles: { pass_check: ['unit_manager'] } })).toEqual([
    { code: 'cases/flow-judge-of-own-work', at: 'pass_check' },
  ])
})

test('a city merges two posts: the dry run says what would move, running cases keep their version until they are moved [CMD-20] [DUM-15] [DUM-16] [DUM-22]', async () => {
  const waiting = await report()
  const filing = await report()
  await take(seat, filing.id, 'accept')
  const merged = definition({ off: ['pending_file'], minutes: { ...defaultFlow.minutes, reported: 60 } })
  const trial = await as(keeper)(tryFlow, { body: { definition: merged } })
  expect(trial).toMatchObject({
    faults: [],
    open: 2,
    wouldMove: 1,
    staying: [{ code: 'cases/flow-stage-is-off', count: 1, cases: [{ id: filing.id }] }],
  })
  expect(trial.changes).toEqual(['stage pending_file', 'minutes reported'])
  expect(await as(keeper)(saveFlow, { body: { definition: merged, note: '合并受理与立案', moveOpen: true } })).toEqual({
    version: 1,
    moved: 1,
    stayed: 1,
  })
  // The one that stood in filing goes on by the old way, the other by the new.
  await take(shift, filing.id, 'file', { standardId: rubbleStandard })
  await expect(take(seat, waiting.id, 'accept')).rejects.toMatchObject({ refusal: { refused: 'cases/no-standard' } })
  await take(seat, waiting.id, 'accept', { standardId: rubbleStandard })
  const whole = await as(shift)(readCase, { params: { id: waiting.id } })
  expect(whole).toMatchObject({ status: 'pending_dispatch', flowVersion: 1 })
  expect(whole.trail.map((e) => e.act)).toEqual(['report', 'new_flow', 'accept'])
  const fresh = await report()
  expect(await as(shift)(readCase, { params: { id: fresh.id } })).toMatchObject({ flowVersion: 1 })
  expect(await as(keeper)(listFlows)).toMatchObject({
    inForce: 1,
    flows: [{ version: 1, note: '合并受理与立案' }, { version: 0 }],
  })
})

test('a phone gets the flows that its cases go by, each once [CMD-20] [CMD-23]', async () => {
  await report()
  const first = await as(seat)(pullCases, { query: {} })
  expect(first.flowInForce).toBe(1)
  expect(first.flows).toEqual([expect.objectContaining({ version: 1, off: ['pending_file'] })])
  expect(first.cases.some((c) => c.flowVersion === 1)).toBe(true)
  const again = await as(seat)(pullCases, { query: { has: '1' } })
  expect(again).toMatchObject({ flowInForce: 1, flows: [] })
  expect(again.cases).toHaveLength(first.cases.length)
})

test('a flow with a fault is not published, and only who configures may look at flows', async () => {
  const broken = definition({ stepsOff: ['close', 'refuse_close', 'close_remote'] })
  await expect(
    as(keeper)(saveFlow, { body: { definition: broken, note: 'x', moveOpen: false } }),
  ).rejects.toMatchObject({
    refusal: { refused: 'cases/flow-has-faults' },
  })
  await expect(as(seat)(listFlows)).rejects.toMatchObject({ status: 403 })
})

test('two who publish at once get two versions, and one is in force', async () => {
  const save = () => as(keeper)(saveFlow, { body: { definition: definition({}), note: 'y', moveOpen: false } })
  const [x, y] = await Promise.all([save(), save()])
  expect(new Set([x.version, y.version]).size).toBe(2)
  const other = openDatabase(url)
  const { rows } = await sql`select version from cases.flow where in_force`.execute(other.db)
  await other.close()
  expect(rows).toHaveLength(1)
})
