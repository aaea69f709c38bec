import { readFileSync } from 'node:fs'
import { inTransaction, sql } from '@pentad/platform/db'
import { testDatabase } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import { defaultRule } from '../../alarms/testing.ts'
import { fencesById } from './queries.ts'

const { db } = await testDatabase()
const text = readFileSync(new URL('../../migrations/2026-11-22-70-fences.sql', import.meta.url), 'utf8')

test('rings that rules held of their own become fences, each once, and the rules name them [SEN-32]', async () => {
  const ring = (x: number) => [
    [x, 39.9],
    [x + 0.01, 39.9],
    [x + 0.01, 39.91],
  ]
  const base = defaultRule('silent-monitor')
  const rule = (of: number[][], name: string) =>
    JSON.stringify({
      ...base,
      name: { 'zh-CN': name, en: name },
      scope: { ...base.scope, areas: ['110101'] },
      condition: { kind: 'fence', act: 'enter', ring: of, dwellMinutes: 0, overKmh: null },
    })
  const put = (id: string, version: number, state: string, definition: string) =>
    sql`insert into sensing.alarm_rule (id, version, state, definition, written_by, written_at, enforced_by, enforced_at, ended_at, ended_by)
      values (${id}, ${version}, ${state}, ${definition}::jsonb, 'a', now(), 'a', now(),
        ${state === 'old' ? new Date() : null}::timestamptz, ${state === 'old' ? 'a' : null})`.execute(db)
  await put('fence-f', 1, 'old', rule(ring(116.3), '旧围栏'))
  await put('fence-f', 2, 'in_force', rule(ring(116.4), '围栏'))
  await put('fence-g', 1, 'in_force', rule(ring(116.4), '围栏'))
  await inTransaction(db, async (tx) => {
    for (const part of text
      .slice(text.indexOf('create temporary table'))
      .split(/;\n/)
      .filter((s) => s.trim()))
      await sql.raw(part).execute(tx)
  })
  const { rows } = await sql<{ id: string; version: number; fenceId: string; ring: unknown }>`select id, version,
    definition #>> '{condition,fenceId}' as "fenceId", definition #> '{condition,ring}' as ring from sensing.alarm_rule
    where id in ('fence-f', 'fence-g') order by id, version`.execute(db)
  expect(rows.map((r) => r.ring)).toEqual([null, null, null])
  expect(rows[1]?.fenceId).toBe(rows[2]?.fenceId)
  expect(rows[0]?.fenceId).not.toBe(rows[1]?.fenceId)
  const fences = await fencesById(
    db,
    rows.map((r) => r.fenceId),
  )
  expect(fences.size).toBe(2)
  expect(fences.get(rows[1]?.fenceId ?? '')?.polygon.polygons[0]?.[0]).toEqual([...ring(116.4), [116.4, 39.9]])
  const { rows: kept } = await sql<{
    name: string
    ended: boolean
    area: string
    editions: number
  }>`select name_zh as name,
    ended_at is not null as ended, area_code as area, (select count(*)::int from sensing.fence_edition where fence_id = f.id) as editions
    from sensing.fence f order by name_zh`.execute(db)
  expect(kept).toEqual(
    expect.arrayContaining([
      { name: '旧围栏', ended: true, area: '110101', editions: 1 },
      { name: '围栏', ended: false, area: '110101', editions: 1 },
    ]),
  )
})
