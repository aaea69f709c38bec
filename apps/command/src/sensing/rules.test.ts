import { ruleKinds } from '@pentad/sensing/model'
import { expect, test } from 'vitest'
import { blankCondition, blankRule, deviceChoices, partedBySpans, sayRule, wordsIn } from './rules.ts'

const t = (key: string, named: Record<string, unknown> = {}) => `${key} ${Object.values(named).join(' ')}`.trim()

test('every kind of rule is said as a sentence [SEN-10]', () => {
  for (const kind of ruleKinds)
    expect(sayRule({ ...blankRule(), condition: blankCondition(kind) }, (id) => id, t)).toContain(`rules.${kind}`)
  expect(sayRule(blankRule(), (id) => id, t)).toContain('20 rules.measure.mean rules.limitNumber 70 55')
})

test('the preview shows where the curve would be an alarm [SEN-10]', () => {
  const at = (m: number) => new Date(m * 60_000).toISOString()
  const points = [1, 2, 3, 4].map((m) => ({ at: at(m), value: m * 10, limit: 15 }))
  const preview = { unit: '', points, spans: [{ raisedAt: at(2), clearedAt: at(3), peak: 30 }] }
  expect(partedBySpans(preview).over.map(([, v]) => v)).toEqual([null, 20, 30, null])
})

test('codes are parted by blanks or commas and named once', () => {
  expect(wordsIn(' 110101, 110102，110101 ')).toEqual(['110101', '110102'])
})

test('for a rule only devices of its kinds and areas are offered, and none twice [SEN-31]', () => {
  const device = (id: string, kind: string, areaCode: string | null) => ({ id, kind, areaCode })
  const all = [
    device('a', 'noise_monitor', '110101001'),
    device('b', 'noise_monitor', '110102001'),
    device('c', 'vehicle', null),
  ]
  const scope = blankRule().scope
  const ids = (of: Partial<typeof scope>) => deviceChoices(all, { ...scope, ...of }).map((d) => d.id)
  expect(ids({})).toEqual(['a', 'b'])
  expect(ids({ areas: ['110101'] })).toEqual(['a'])
  expect(ids({ kinds: [], deviceIds: ['a'] })).toEqual(['b', 'c'])
})
