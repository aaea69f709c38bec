/** Two people on one case, for every step of the table: one wins, the other is told why, trail and state are whole. */
import { addPhoto } from '@pentad/evidence/contract'
import { permissionsOf, type Role } from '@pentad/identity/model'
import { openDatabase, sql } from '@pentad/platform/db'
import { isRefusal } from '@pentad/platform/refusal'
import { race, testServer } from '@pentad/platform/testing'
import { DAY } from '@pentad/platform/time'
import { calendarBy } from '@pentad/rulebook'
import type { LimitUnit } from '@pentad/rulebook/model'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { modules } from '../../apps/server/modules.ts'
import { reportCase, saveFlow, takeStep } from './contract.ts'
import { unlikeTrail } from './lived.ts'
import {
  type CaseState,
  type Command,
  decide,
  defaultFlow,
  type Flow,
  newborn,
  type StepName,
  stepNames,
  stepOf,
  stepsFrom,
  type Taker,
} from './model/index.ts'
import { caseById, trailOf } from './queries/index.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble, rubbleStandard } from './testing.ts'
import { brokenAt } from './trail.ts'

const { db, as, url } = await testServer(modules)
/** A second server process on the same city: what one has gathered the other knows nothing of. */
const again = openDatabase(url)
afterAll(() => again.close())
const second = await testServer(modules, { database: { ...again, url } })
await layTestCity(db)

/** Of each post two people, so that nobody races against themselves; a draft is one person’s, with two phones. */
const posts: [Role, unit: string, areas: string[]][] = [
  ['acceptor', 'a-sup', ['110101']],
  ['inspector', 'a-sup', ['110101']],
  ['shift_leader', 'a-sup', ['110101']],
  ['dispatcher', 'a-cmd', ['110101']],
  ['unit_handler', 'a-street', []],
  ['unit_manager', 'a-street', []],
]
const people = await Promise.all(
  posts.flatMap(([role, unit, areas]) =>
    [0, 1].map((n) => personOf(db, role, unit, areas).then((who) => ({ who, n }))),
  ),
)
const holding = (may: string, within: 'area' | 'unit' | 'either' | 'own', n: 0 | 1) => {
  const byUnit = within === 'unit'
  const fits = people.find(
    ({ who, n: m }) =>
      m === (within === 'own' ? 0 : n) &&
      who.grants.some((g) => permissionsOf[g.role as Role].includes(may) && byUnit === (g.areas.length === 0)),
  )
  if (!fits) throw new Error(`nobody holds ${may} by ${within}`)
  return fits.who
}
const takerOf = (step: StepName, n: 0 | 1) =>
  within(step) === 'own' ? inspector : holding(stepOf(step).may, within(step), n)
const within = (step: StepName) => stepOf(step).within
const inspector = holding('cases.check', 'area', 0)
const handler = holding('cases.sign', 'unit', 0)

const flow: Flow = { ...defaultFlow, version: 1, remoteClose: ['event'] }
const keeper = await personOf(db, 'sys_admin', 'city', ['11'])
const { version: _, ...definition } = flow
await as(keeper)(saveFlow, {
  body: { definition: JSON.parse(JSON.stringify(definition)), note: '远程结案', moveOpen: false },
})

let seed = 0
/** Pictures that look like no other: grey bars of random lightness. */
async function photo(): Promise<string> {
  seed++
  let x = (seed * 2654435761) % 4294967296
  const grey = () => {
    x = (x * 1664525 + 1013904223) % 4294967296
    return Math.floor((x / 4294967296) * 255)
  }
  const file = await sharp(Buffer.from(Array.from({ length: 72 }, grey)), { raw: { width: 9, height: 8, channels: 1 } })
    .resize(360, 320, { kernel: 'nearest' })
    .jpeg()
    .toBuffer()
  return (await as(handler)(addPhoto, undefined, { file, fileType: 'image/jpeg' })).id
}
const report = async (draft: boolean): Promise<string> =>
  (
    await as(inspector)(reportCase, {
      body: {
        ...rubble,
        point: pointIn(insideCell),
        description: '一堆渣土',
        source: 'inspector',
        at: new Date().toISOString(),
        ...(draft ? { draft, photoIds: [await photo()] } : {}),
      },
    })
  ).id
const master = await report(false)

/** All that a step may ask for. */
async function filled(step: StepName): Promise<Record<string, unknown>> {
  const { needs } = stepOf(step)
  const said: Record<string, unknown> = { point: pointIn(insideCell) }
  const say: Record<(typeof needs)[number], () => unknown> = {
    reason: () => ({ reason: '理由' }),
    standard: () => ({ standardId: rubbleStandard }),
    unit: () => ({ unitId: 'a-street' }),
    photo: async () => ({ photoIds: [await photo()] }),
    into: () => ({ intoId: master }),
    person: () => ({ personId: handler.id }),
    value: () => ({ value: 1 }),
    until: () => ({ until: new Date(Date.now() + 30 * DAY).toISOString() }),
    target: () => ({ target: '区综合执法局' }),
  }
  for (const need of needs) Object.assign(said, await say[need]())
  const [choice] = flow.reasons[step] ?? []
  return choice ? { ...said, reasonCode: choice.code } : said
}
const take = async (id: string, step: StepName, n: 0 | 1 = 0, at = as) =>
  at(takerOf(step, n))(takeStep, {
    params: { id },
    body: { step, at: new Date().toISOString(), ...(await filled(step)) },
  })

/** Where a case can stand, by the way that leads there. */
const disposing: StepName[] = ['accept', 'file', 'dispatch', 'sign']
const ways: readonly StepName[][] = [
  [],
  ['send_verify'],
  ['accept'],
  ['accept', 'file'],
  ['accept', 'file', 'dispatch'],
  disposing,
  [...disposing, 'ask_extension'],
  [...disposing, 'ask_suspension'],
  [...disposing, 'ask_suspension', 'approve_suspension'],
  [...disposing, 'ask_return'],
  [...disposing, 'report_done'],
  [...disposing, 'report_done', 'send_check'],
  [...disposing, 'report_done', 'send_check', 'pass_check'],
  [...disposing, 'report_done', 'send_check', 'fail_check'],
  [...disposing, 'enter_difficult'],
  ['ask_void'],
  ['merge'],
  ['accept', 'file', 'transfer'],
]

const at = new Date()
const anyone: Taker = {
  id: 'anyone',
  mayByArea: stepNames.map((s) => stepOf(s).may),
  mayByUnit: stepNames.map((s) => stepOf(s).may),
  rolesByArea: [],
  rolesByUnit: [],
  units: [],
}
/** The same in thought: the rule itself says which steps exclude one another. */
function thought(before: CaseState, step: StepName): CaseState | null {
  const command: Command = {
    step,
    at,
    reason: 'r',
    reasonCode: flow.reasons[step]?.[0]?.code,
    standardId: 's',
    unitId: 'u',
    photoIds: ['p'],
    ...(stepOf(step).needs.includes('person') ? { personId: 'x' } : {}),
    value: 1,
    until: new Date(at.getTime() + DAY),
    intoId: 'm',
    target: 't',
  }
  const taker = { ...anyone, id: within(step) === 'own' ? before.createdBy : (before.checkerId ?? step) }
  const after = decide(before, command, taker, at, flow, {
    master: { id: 'm', status: 'disposing', kind: 'event', classCode: '0111' },
  })
  return isRefusal(after) ? null : after
}
interface Pair {
  draft: boolean
  way: readonly StepName[]
  one: StepName
  other: StepName
  /** After the one the other cannot be taken, and the other way round. */
  bars: readonly [boolean, boolean]
}
interface Situation {
  draft: boolean
  way: readonly StepName[]
  open: readonly StepName[]
  /** After the first the second cannot be taken. */
  barring: (x: StepName, y: StepName) => boolean
}
function situationOf(draft: boolean, way: readonly StepName[]): Situation {
  const born = newborn({ id: 'c', ...rubble, createdBy: 'me', status: draft ? 'draft' : 'reported' })
  let c: CaseState | null = { ...born, limitValue: 4, limitUnit: 'WORK_HOUR' }
  for (const step of way) c = c && thought(c, step)
  if (!c) throw new Error(`nobody gets by ${way.join(' ')}`)
  const before = c
  const barring = (x: StepName, y: StepName) => {
    const after = thought(before, x)
    return after !== null && thought(after, y) === null
  }
  return { draft, way, open: stepsFrom(before.status).filter((s) => thought(before, s) !== null), barring }
}
const situations = [situationOf(true, []), ...ways.map((way) => situationOf(false, way))]

/** From the table: each step against itself, and against another that excludes it and is excluded by it, else one that excludes it. */
function pairs(): Pair[] {
  const found: Pair[] = []
  const add = ({ draft, way, barring }: Situation, one: StepName, other: StepName) =>
    found.push({ draft, way, one, other, bars: [barring(one, other), barring(other, one)] })
  const has = (step: StepName, alone: boolean) =>
    found.some((p) => (p.one === p.other) === alone && (p.one === step || p.other === step))
  for (const at of situations) for (const step of at.open) if (!has(step, true)) add(at, step, step)
  for (const mutual of [true, false])
    for (const at of situations)
      for (const one of at.open) {
        if (has(one, false)) continue
        const rivals = at.open.filter((r) => r !== one && at.barring(r, one) && (!mutual || at.barring(one, r)))
        const other = rivals.find((r) => !has(r, false)) ?? rivals[0]
        if (other) add(at, one, other)
      }
  return found
}

const all = pairs()

test('every step of the table meets a rival, and itself [CMD-20]', () => {
  const rivals = new Set(all.filter((p) => p.one !== p.other).flatMap((p) => [p.one, p.other]))
  // Nothing else can be done to what was transferred or merged.
  expect(stepNames.filter((s) => !rivals.has(s))).toEqual(['unmerge', 'note_result'])
  expect(stepNames.filter((s) => !all.some((p) => p.one === s && p.other === s))).toEqual([])
  expect(all.filter((p) => p.one === p.other && !p.bars[0]).map((p) => p.one)).toEqual(['assign', 'note_result'])
})

const told =
  /^cases\/(wrong-status|asked-already|nothing-asked|difficult-already|not-difficult|another-checker|moved-on|not-your-step)$/

test('two people take steps of one case at the same moment, for every step: one wins, the other is told why, nothing is half done [CMD-20] [DUM-22]', {
  timeout: 240_000,
}, async () => {
  const standards = await sql<{
    id: string
    value: number
    unit: LimitUnit
  }>`select id, limit_value as value, limit_unit as unit from rulebook.api_standard`.execute(db)
  const calendar = await calendarBy(db, null)
  const world = {
    limitOf: (id: string) => standards.rows.find((s) => s.id === id),
    calendarOf: (version: string | null) => (version === null ? undefined : calendar),
    flowOf: () => flow,
  }
  for (const { draft, way, one, other, bars } of all) {
    const name = `${[draft ? 'draft' : 'reported', ...way].join(' > ')}: ${one} × ${other}`
    const id = await report(draft)
    for (const step of way) await take(id, step)
    const before = (await trailOf(db, id)).length
    const bodies = [await filled(one), await filled(other)]
    const calls = [one, other].map((step, n) => () => {
      const who = takerOf(step, n === 0 ? 0 : 1)
      const body = { step, at: new Date().toISOString(), ...bodies[n] }
      return (n ? second.as : as)(who)(takeStep, { params: { id }, body })
    })
    const results = await race(db, sql`select 1 from cases.case_file where id = ${id} for update`, calls)
    const lost = results.filter((r) => r.status === 'rejected')
    // Both can only be where the one that came second was still open after the first.
    const may = !bars[0] || !bars[1] ? [0, 1] : [1]
    expect(may, `${name} ${JSON.stringify(lost.map((l) => l.reason))}`).toContain(lost.length)
    for (const { reason } of lost) {
      expect(reason.refusal?.refused, `${name} ${JSON.stringify(reason.refusal)}`).toMatch(told)
      expect([name, reason.title]).toEqual([name, expect.stringMatching(/[一-鿿]/)])
    }
    const trail = await trailOf(db, id)
    expect([name, trail.length]).toEqual([name, before + 2 - lost.length])
    expect([name, brokenAt(trail)]).toEqual([name, undefined])
    const won = [one, other].filter((_, n) => results[n]?.status === 'fulfilled')
    const said = trail.slice(before).map((e) => e.act)
    expect([name, [...said].sort()]).toEqual([name, [...won].sort()])
    if (won.length === 2 && one !== other) expect([name, bars[said[0] === one ? 0 : 1]]).toEqual([name, false])
    const file = await caseById(db, id, false)
    expect([name, file && unlikeTrail(file, trail, world)]).toEqual([name, []])
  }
})
