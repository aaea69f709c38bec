/** The demo city's own rulebook: reads without a fault, and says the same as it did before it had parts. */
import { folderSource } from '@pentad/platform/pack'
import { testDatabase } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import {
  causesListed,
  checklistItems,
  classesInForce,
  discretionAt,
  lawsListed,
  mappingsOf,
  schemesListed,
  standardsOf,
} from '../queries/index.ts'
import { layPack, readPack, said } from '../testing.ts'

const source = await folderSource(new URL('../../../packs/beijing-demo', import.meta.url).pathname)
const { db } = await testDatabase()

test('[ONE-06] [FRM-09] the demo pack’s rulebook has no fault, and lays once', async () => {
  const pack = await readPack(source)
  expect(said(pack.faults)).toEqual([])
  const first = await layPack(db, pack)
  expect(first.classes).toMatchObject({ changed: 0, retired: 0, same: 0 })
  const second = await layPack(db, await readPack(source))
  expect(Object.values(second).filter((c) => c.added + c.changed + c.retired > 0)).toEqual([])
})

test('[FRM-09] [FRM-10] new cases are filed under the national list, which every minor class of which has standards', async () => {
  expect((await schemesListed(db)).map((s) => [s.scheme, s.version, s.inForce, s.classes])).toEqual([
    ['gbt30428', '2013', true, 171],
    ['cjt214', '2007', false, 140],
    ['hotline12345', 'demo', false, 52],
    ['open311', 'demo', false, 24],
  ])
  const minors = (await classesInForce(db)).filter((c) => c.parentCode !== null)
  for (const c of minors.slice(0, 12)) expect((await standardsOf(db, c.kind, c.code)).length).toBeGreaterThan(0)
})

test('[ONE-33] a class of the hotline, of Open311 and of the former list leads to the class that a case is filed under', async () => {
  const to = async (scheme: string, version: string, kind: 'event' | 'service', code: string) =>
    (await mappingsOf(db, { scheme, version, kind, code }))
      .filter((m) => m.class.scheme === 'gbt30428')
      .map((m) => `${m.class.kind}:${m.class.code} ${m.exactness}`)
  expect(await to('cjt214', '2007', 'event', '0504')).toEqual(['event:0405 exact'])
  expect(await to('hotline12345', 'demo', 'service', 'A03')).toEqual(['event:0201 exact'])
  expect(await to('open311', 'demo', 'service', 'pothole')).toEqual(['event:0113 exact'])
})

test('[FRM-10] at least twenty causes have steps of discretion, and at least twenty stand behind a checklist', async () => {
  const causes = await causesListed(db)
  const stepped = new Set((await discretionAt(db, null)).map((s) => s.causeId))
  const checked = new Set((await checklistItems(db)).map((i) => i.causeId))
  expect(causes.length).toBeGreaterThanOrEqual(20)
  expect(stepped.size).toBeGreaterThanOrEqual(20)
  expect([...checked].filter(Boolean).length).toBeGreaterThanOrEqual(20)
  // 店外经营: 300 to 3,000 yuan by 北京市市容环境卫生条例.
  expect(causes.find((c) => c.id === 'C-003')).toMatchObject({ fineFromFen: 30_000, fineToFen: 300_000 })
})

test('the demo’s law texts are summaries and say so', async () => {
  expect((await lawsListed(db)).every((l) => l.versions.every((v) => v.summary))).toBe(true)
})
