/** The list in force changes; the cases that were filed under the former one stay as they are. */
import { geography } from '@pentad/geography'
import { identity } from '@pentad/identity'
import { sql } from '@pentad/platform/db'
import { testServer } from '@pentad/platform/testing'
import { classInForce, rulebook } from '@pentad/rulebook'
import { listStandards } from '@pentad/rulebook/contract'
import { expect, test } from 'vitest'
import { evidence } from '../evidence/index.ts'
import { sensing } from '../sensing/index.ts'
import { readCase } from './contract.ts'
import { cases } from './index.ts'
import { intake } from './intake.ts'
import { insideCell, layTestCity, personOf, pointIn, rubble } from './testing.ts'

const server = await testServer([identity, geography, evidence, rulebook, sensing, cases])
const { db } = server
await layTestCity(db)

test('[ONE-06] [FRM-10] a case keeps its scheme, version and class name when another list comes into force', async () => {
  const now = new Date()
  const order = {
    ...rubble,
    source: 'hotline',
    point: pointIn(insideCell),
    at: now,
    now,
    actorId: 'x',
    original: {},
  } as const
  const taken = await intake(db, { ...order, text: 'before' })
  if ('refused' in taken) throw new Error(taken.refused)
  await sql`update rulebook.scheme set in_force = false`.execute(db)
  await sql`insert into rulebook.scheme (id, version, in_force, name_zh, name_en) values ('GBT30428.2', '2026', true, '新', 'New')`.execute(
    db,
  )
  await sql`insert into rulebook.class (scheme, version, kind, code, parent_code, name_zh, name_en) values
    ('GBT30428.2', '2026', 'event', '01', null, '街面', 'Street'), ('GBT30428.2', '2026', 'event', '0111', '01', '无证游商', 'Vendor')`.execute(
    db,
  )
  const leader = server.as(await personOf(db, 'shift_leader', 'a-sup', ['110101']))
  const old = await leader(readCase, { params: { id: taken.caseId } })
  expect([old.scheme, old.schemeVersion, old.className['zh-CN']]).toEqual(['GBT30428.2', '2013', '积存垃圾渣土'])
  expect((await classInForce(db, 'event', '0111'))?.nameZh).toBe('无证游商')
  // What it can be filed by are the standards of its own list.
  const of = { kind: old.kind, code: old.classCode, scheme: old.scheme, version: old.schemeVersion }
  expect((await leader(listStandards, { query: of })).standards).toHaveLength(1)
  expect((await leader(listStandards, { query: { kind: old.kind, code: old.classCode } })).standards).toHaveLength(0)
  const next = await intake(db, { ...order, text: 'after', point: pointIn('110101001001002') })
  if ('refused' in next) throw new Error(next.refused)
  const fresh = await leader(readCase, { params: { id: next.caseId } })
  expect([fresh.schemeVersion, fresh.className['zh-CN']]).toEqual(['2026', '无证游商'])
})
