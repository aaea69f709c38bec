import type { Role } from '@pentad/identity/model'
import { sql } from '@pentad/platform/db'
import { testServer } from '@pentad/platform/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modules } from '../../../apps/server/modules.ts'
import { reportCase } from '../contract.ts'
import { statuses } from '../model/index.ts'
import { linesOf, queueCounts } from '../queries/index.ts'
import { insideCell, layTestCity, outsideCell, personOf, pointIn, rubble } from '../testing.ts'
import { standingCounts } from './index.ts'

const { db, as } = await testServer(modules)
await layTestCity(db)
const posts: [Role, unit: string, areas: string[]][] = [
  ['acceptor', 'a-sup', ['110101']],
  ['inspector', 'a-sup', ['110101001']],
  ['inspector', 'a-sup', ['110101001', '110101002']],
  ['shift_leader', 'a-sup', ['110101']],
  ['dispatcher', 'a-cmd', ['110101', '110102']],
  ['unit_handler', 'a-street', []],
  ['leader', 'city', ['11']],
]
const people = await Promise.all(posts.map(([role, unit, areas]) => personOf(db, role, unit, areas)))
const inspectors = people.filter((_, n) => posts[n]?.[0] === 'inspector')
const ids: string[] = []
for (let n = 0; n < 12; n++) {
  const [one = people[0], other] = inspectors
  const who = n % 3 ? one : other
  if (!who) throw new Error('no inspector')
  const { id } = await as(who)(reportCase, {
    body: {
      ...rubble,
      point: pointIn(n % 4 ? insideCell : outsideCell),
      description: `第 ${n} 堆`,
      source: 'inspector',
      at: new Date().toISOString(),
    },
  })
  ids.push(id)
}

// What came with an import may lack a deadline or unit.
await sql`update cases.case_file set origin = 'import', due = null, clock_start = null`.execute(db)

const units = ['a-street', 'a-cmd', null]
const changes = fc.array(
  fc.record({
    id: fc.constantFrom(...ids),
    // These two ask for more than a status.
    status: fc.constantFrom(...statuses.filter((s) => s !== 'suspended' && s !== 'merged')),
    unit: fc.constantFrom(...units),
    coUnit: fc.constantFrom(...units),
    checker: fc.constantFrom(null, ...people.map((p) => p.id)),
    asked: fc.constantFrom(null, 'extend', 'suspend'),
    difficult: fc.boolean(),
    area: fc.constantFrom('110101001001001', '110101002001001', '110102001001001', null),
  }),
  { minLength: 1, maxLength: 8 },
)

test('how many stand in each queue is told from memory as the database counts it, for every post, whatever happens to cases [CMD-23]', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (all) => {
      for (const { id, status, unit, coUnit, checker, asked, difficult, area } of all)
        await sql`update cases.case_file set status = ${status}, lead_unit_id = ${unit}, co_unit_ids = ${coUnit ? [coUnit] : []},
          checker_id = ${checker}, asked = ${asked ? JSON.stringify({ kind: asked }) : null}, difficult = ${difficult}, area_code = ${area},
          closed_at = case when ${status} in ('closed', 'rejected', 'merged', 'voided', 'transferred') then now() end,
          xid = pg_current_xact_id() where id = ${id}`.execute(db)
      for (const who of people) {
        const counts = await queueCounts(db, who)
        expect(await standingCounts(db, who)).toEqual(counts)
        // By whichever way a list is found, nothing is missing from it, twice in it, or out of its order.
        const mine = await linesOf(db, who, { queue: 'mine', most: 100 })
        expect(new Set(mine.map(({ id }) => id)).size).toBe(counts.mine)
        expect(mine.length).toBe(counts.mine)
        const first = await linesOf(db, who, { queue: 'mine', most: 2 })
        expect(first.map(({ id }) => id)).toEqual(mine.slice(0, 2).map(({ id }) => id))
        const dues = mine.map((c) => (c.stageDue ?? c.due)?.getTime() ?? Number.POSITIVE_INFINITY)
        expect(dues).toEqual([...dues].sort((x, y) => x - y))
      }
    }),
    { numRuns: 40 },
  )
})
