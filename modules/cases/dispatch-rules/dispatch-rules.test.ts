import { putUnit } from '@pentad/identity'
import { inTransaction, sql } from '@pentad/platform/db'
import type { Changes, PackLaying, PackSource } from '@pentad/platform/pack'
import type { Actor } from '@pentad/platform/rights'
import { hearAll, testServer } from '@pentad/platform/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import {
  draftDispatchRules,
  enforceDispatchRules,
  proposeUnits,
  readCase,
  readDispatchRules,
  reportCase,
  takeStep,
  tryDispatchRules,
} from '../contract.ts'
import { trailOf } from '../queries/index.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble, rubbleStandard } from '../testing.ts'
import { dispatches } from './apply.ts'
import { changedRules, type DispatchRule, faultIn, holdsFor, rulesFor, tallied } from './model.ts'
import { dispatchRulesPart } from './pack.ts'

const { db, as } = await testServer(modules)
await layTestCity(db)
await putUnit(db, {
  id: 'a-gas',
  parentId: 'a',
  nameZh: '燃气',
  nameEn: 'Gas',
  kind: 'utility',
  axis: 'disposal',
  areaCode: '110101',
})
const a = ['110101']
const seat = await personOf(db, 'acceptor', 'a-sup', a)
const shift = await personOf(db, 'shift_leader', 'a-sup', a)
const dispatcher = await personOf(db, 'dispatcher', 'a-cmd', a)
const admin = await personOf(db, 'sys_admin', 'city', [''])
const elsewhere = await personOf(db, 'dispatcher', 'b', ['110102'])

const rule = (of: Partial<DispatchRule> = {}): DispatchRule => ({
  kind: 'event',
  classPrefix: '',
  area: '110101',
  keeper: '',
  unit: 'a-gas',
  coUnits: [],
  direct: false,
  self: false,
  priority: 0,
  note: '',
  ...of,
})
const matter = { kind: 'event', classCode: '0111', areaCode: insideCell, keepers: ['燃气公司'] } as const

const take = (who: Actor, id: string, step: string, extra: object = {}) =>
  as(who)(takeStep, { params: { id }, body: { step: step as 'accept', at: new Date().toISOString(), ...extra } })
async function filed(): Promise<string> {
  const { id } = await as(seat)(reportCase, {
    body: {
      ...rubble,
      point: pointIn(insideCell),
      description: '渣土',
      source: 'hotline',
      at: new Date().toISOString(),
    },
  })
  await take(seat, id, 'accept')
  await take(shift, id, 'file', { standardId: rubbleStandard })
  return id
}
const heard = async () => {
  await hearAll(db, dispatches)
}
const draft = (who: Actor, rules: DispatchRule[]) => as(who)(draftDispatchRules, { body: { rules, note: 't' } })
const enforce = async (rules: DispatchRule[]): Promise<number> => {
  const { version } = await draft(dispatcher, rules)
  await as(dispatcher)(tryDispatchRules, { body: {} })
  return (await as(dispatcher)(enforceDispatchRules, { body: { version } })).version
}

test('the more exact rule goes first, unless a priority says otherwise: keeper before class before place [CMD-20]', () => {
  const rules = [
    rule(),
    rule({ classPrefix: '01' }),
    rule({ classPrefix: '0111', area: '' }),
    rule({ keeper: '燃气公司' }),
    rule({ area: '110102' }),
    rule({ kind: 'component' }),
  ]
  expect(rulesFor(rules, matter).map((r) => r.index)).toEqual([3, 2, 1, 0])
  expect(rulesFor([...rules, rule({ area: '', priority: 9 })], matter)[0]?.index).toBe(6)
})

test('whatever the rules: only those that hold are followed, the first has the highest priority, and order of equals is as written [CMD-20]', () => {
  const anyRule = fc.record({
    kind: fc.constantFrom('event' as const, 'component' as const),
    classPrefix: fc.constantFrom('', '01', '0111', '03'),
    area: fc.constantFrom('', '110101', '110101001', '110102'),
    keeper: fc.constantFrom('', '燃气公司', '水务'),
    priority: fc.integer({ min: 0, max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 12 }), (some) => {
      const rules = some.map((s) => rule(s))
      const found = rulesFor(rules, matter)
      expect(found.length).toBe(rules.filter((r) => holdsFor(r, matter)).length)
      const top = Math.max(...found.map((f) => f.rule.priority))
      if (found[0]) expect(found[0].rule.priority).toBe(top)
      const same = found.filter((f) => JSON.stringify(f.rule) === JSON.stringify(found[0]?.rule)).map((f) => f.index)
      expect(same).toEqual([...same].sort((x, y) => x - y))
    }),
  )
})

test('rules that say the same twice, or send self-circulation out of the street, are refused by line [FRM-28]', async () => {
  expect(faultIn([rule(), rule({ unit: 'a-street' })])).toEqual({ index: 1, why: 'twice' })
  expect(faultIn([rule({ self: true })])).toEqual({ index: 0, why: 'self' })
  expect(faultIn([rule({ self: true, unit: 'street' }), rule({ priority: 1, coUnits: ['a-street'] })])).toBeUndefined()
  await expect(draft(dispatcher, [rule({ self: true })])).rejects.toMatchObject({
    refusal: { refused: 'cases/rule-fault-self', detail: { line: 1 } },
  })
  await expect(draft(dispatcher, [rule({ unit: 'a-cmd' })])).rejects.toMatchObject({
    refusal: { refused: 'cases/rule-unknown-unit' },
  })
  expect(tallied({ right: 1, wrong: 0, silent: 0 }, null, 'x')).toEqual({ right: 1, wrong: 0, silent: 1 })
})

test('nobody writes rules for another area than their own [CMD-20]', async () => {
  expect(changedRules([rule()], [rule()])).toEqual([])
  for (const [who, of] of [
    [elsewhere, '110101'],
    [dispatcher, ''],
    [dispatcher, '110102'],
  ] as const)
    await expect(draft(who, [rule({ area: of })])).rejects.toMatchObject({
      refusal: { refused: 'cases/rules-of-others' },
    })
  await draft(admin, [rule({ area: '', unit: 'street' })])
  // What the whole city follows is not a district's to take out.
  await expect(draft(dispatcher, [])).rejects.toMatchObject({ refusal: { refused: 'cases/rules-of-others' } })
  await draft(admin, [])
  // Whoever answers for every district answers for the city.
  const both = await personOf(db, 'sys_admin', 'city', ['110101', '110102'])
  await draft(both, [rule({ area: '', unit: 'street' })])
  await draft(both, [])
})

test('a draft is tried over what was done before it can be put in force, and any change undoes the trial [CMD-20] [FRM-17]', async () => {
  const right = await filed()
  const wrong = await filed()
  for (const [id, unit] of [
    [right, 'a-gas'],
    [wrong, 'a-street'],
  ] as const)
    await sql`update cases.case_file set status = 'closed', closed_at = now(), close_kind = 'normal', lead_unit_id = ${unit},
      clock_start = now(), due = now(), urge_at = now() where id = ${id}`.execute(db)
  const { version } = await draft(dispatcher, [rule({ classPrefix: '01' })])
  const put = () => as(dispatcher)(enforceDispatchRules, { body: { version } })
  await expect(put()).rejects.toMatchObject({ refusal: { refused: 'cases/rules-untested' } })
  const found = await as(dispatcher)(tryDispatchRules, { body: { days: 30 } })
  expect(found.trial).toMatchObject({
    cases: 2,
    tally: { right: 1, wrong: 1, silent: 0 },
    before: { right: 0, wrong: 0, silent: 2 },
    byClass: [{ classCode: '0111', tally: { right: 1, wrong: 1, silent: 0 } }],
  })
  expect(found.wrong).toMatchObject([{ id: wrong, said: { id: 'a-gas' }, did: { id: 'a-street' } }])
  // An administrator of the system sees figures, not cases.
  expect((await as(admin)(tryDispatchRules, { body: { days: 30 } })).wrong).toEqual([])
  await draft(dispatcher, [rule({ classPrefix: '0111' })])
  await expect(put()).rejects.toMatchObject({ refusal: { refused: 'cases/rules-untested' } })
  await as(dispatcher)(tryDispatchRules, { body: { days: 30 } })
  await put()
  expect(await as(dispatcher)(readDispatchRules, undefined)).toMatchObject({
    inForce: { version, trial: { cases: 2 } },
    draft: null,
  })
})

test('the proposal follows the rules first, then duties, and says which [CMD-20]', async () => {
  const version = await enforce([rule({ classPrefix: '0111', coUnits: ['a-street'] })])
  const id = await filed()
  await heard()
  const { units } = await as(dispatcher)(proposeUnits, { params: { id } })
  expect(units.map((u) => u.id)).toEqual(['a-gas', 'a-street'])
  expect(units[0]).toMatchObject({
    coUnits: ['a-street'],
    why: { rule: `v${version} #1 event 0111… · 110101 → a-gas` },
  })
  expect(units[1]?.why.rule).toContain('event 01')
  expect(await as(dispatcher)(readCase, { params: { id } })).toMatchObject({ status: 'pending_dispatch' })
  expect((await as(dispatcher)(readDispatchRules, undefined)).old.map((e) => e.version)).toContain(version - 1)
})

test('a direct rule dispatches as soon as a case is filed, and never again what a unit gave back [FRM-31] [FRM-32]', async () => {
  await enforce([rule({ classPrefix: '0111', direct: true, coUnits: ['street'] })])
  const id = await filed()
  await heard()
  expect(await as(dispatcher)(readCase, { params: { id } })).toMatchObject({
    status: 'pending_sign',
    leadUnit: { id: 'a-gas' },
    coUnitIds: ['a-street'],
  })
  const last = (await trailOf(db, id)).at(-1)
  expect(last).toMatchObject({ act: 'dispatch', actorId: 'machine', reason: expect.stringContaining('直派') })
  const manager = await personOf(db, 'unit_manager', 'a-gas', [], ['a-gas'])
  await take(manager, id, 'ask_return', { reason: '非本单位' })
  await take(dispatcher, id, 'approve_return')
  await heard()
  expect(await as(dispatcher)(readCase, { params: { id } })).toMatchObject({ status: 'pending_dispatch' })
})

test('a small matter goes to the street of its place by itself, unless a stronger rule leaves it to people [FRM-28] [FRM-17]', async () => {
  const self = rule({ classPrefix: '0111', unit: 'street', self: true })
  await enforce([self])
  const id = await filed()
  await heard()
  expect(await as(dispatcher)(readCase, { params: { id } })).toMatchObject({ leadUnit: { id: 'a-street' } })
  expect((await trailOf(db, id)).at(-1)?.reason).toContain('自循环')
  await enforce([self, rule({ priority: 5 })])
  const other = await filed()
  await heard()
  expect(await as(dispatcher)(readCase, { params: { id: other } })).toMatchObject({ status: 'pending_dispatch' })
})

/** What a city begins with, as files of a pack. */
async function layRules(csv: string): Promise<{ faults: string[]; changes?: Changes }> {
  const bytes = new TextEncoder().encode(csv)
  const source = {
    paths: ['organisation/dispatch-rules.csv'],
    sizeOf: () => bytes.length,
    stream: async function* () {
      yield bytes
    },
  } as unknown as PackSource
  const faults: string[] = []
  const rules = await dispatchRulesPart.read({
    source,
    settings: {},
    db,
    fault: (_file: string, line: number | null, code: string) => void faults.push(`${line} ${code}`),
    of: () => undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  })
  if (faults.length) return { faults }
  const changes = await inTransaction(db, (tx) =>
    dispatchRulesPart.lay({ db: tx, now: new Date(), covers: [''] } as unknown as PackLaying, rules),
  )
  return { faults, changes }
}

test('a pack brings the rules a city begins with; loaded again it leaves what the desk made of them [CMD-20] [FRM-32]', async () => {
  const head = 'class_kind,class_code,unit,co_units,direct\n'
  expect((await layRules(`${head}event,0111,nobody,,\nevent,0111,street,,maybe\n`)).faults).toEqual([
    '2 cases/rule-unknown-unit',
    '3 pack/not-one-of',
  ])
  expect((await layRules(`${head}event,0111,street,,\nevent,0111,a-gas,,\n`)).faults).toEqual([
    '3 cases/rule-fault-twice',
  ])
  const pack = `${head}event,0111,a-gas,a-street,\nevent,03,street,,yes\n`
  await layRules(pack)
  const inForce = async () => (await as(dispatcher)(readDispatchRules, undefined)).inForce
  expect((await inForce())?.rules).toMatchObject([
    { classPrefix: '0111', unit: 'a-gas', coUnits: ['a-street'], direct: false },
    { classPrefix: '03', unit: 'street', direct: true },
  ])
  // The rules of a whole city are its own to change.
  const { version: byDesk } = await draft(admin, [rule({ classPrefix: '0111' })])
  await as(admin)(tryDispatchRules, { body: {} })
  await as(admin)(enforceDispatchRules, { body: { version: byDesk } })
  expect((await layRules(pack)).changes).toEqual({ added: 0, changed: 0, retired: 0, same: 2 })
  expect((await inForce())?.version).toBe(byDesk)
  expect((await layRules(`${head}event,03,street,,yes\n`)).changes).toEqual({
    added: 1,
    changed: 0,
    retired: 1,
    same: 0,
  })
  expect((await inForce())?.version).toBe(byDesk + 1)
})
