import { expect, test } from 'vitest'
import { featureFindings, proofsIn, withProofs } from '../../features.ts'
import { allowed, forbidden, type Lock, shippedBy } from '../licences.ts'
import { differences, flat, refusedIn } from './messages.ts'
import { reachesIn, statementsIn } from './tables.ts'
import { spokenIn } from './wording.ts'
import { strangersIn } from './words.ts'

const reaches = (module: string, code: string) => statementsIn('x.ts', code).flatMap((s) => reachesIn(module, s))

test('a module reads the tables of another only by its api views, and only downwards', () => {
  const tail = 'sql`select 1 from '
  expect(reaches('cases', `${tail}cases.case_file c join identity.api_unit u on true\``)).toEqual([])
  expect(reaches('cases', `${tail}identity.person\``)).toEqual([
    '1: cases reads identity.person; others may read identity.api_… only',
  ])
  expect(reaches('identity', `${tail}cases.api_case\``)).toEqual([
    '1: identity reads cases.api_case, which lies above it',
  ])
  expect(reaches('cases', "db.selectFrom('public_service.report')")).toEqual([
    '1: cases reads public_service.report, which lies above it',
  ])
  expect(reaches('cases', `${tail}cases.report where \${x} in (select id from identity.unit)\``)).toHaveLength(1)
  expect(reachesIn('cases', { line: 1, sql: 'unit text references identity.unit, -- from identity.unit' })).toEqual([])
})

test('what only looks like a table is none', () => {
  expect(reaches('cases', "const may = 'identity.read'; identity.person = messages.text // identity.person")).toEqual(
    [],
  )
})

test('a refusal without a sentence and a sentence in one language are found', () => {
  expect(refusedIn('x.ts', "late ? refuse(again ? 'a/one' : 'a/two', { x: 'b/no' }) : tell('c/no')")).toEqual([
    { line: 1, code: 'a/one' },
    { line: 1, code: 'a/two' },
  ])
  const zh = new Map(flat({ a: { b: '{n} 件', c: '好' } }))
  const en = new Map(flat({ a: { b: '{m} cases', d: 'fine' } }))
  expect(differences('web', zh, en)).toEqual([
    'web: a.c is missing in en',
    'web: a.d is missing in zh-CN',
    'web: a.b has {n} in zh-CN, but not in en',
  ])
})

test('text for users in a script or template is found; comments, keys and our name are not', () => {
  expect(spokenIn('x.ts', "// 说明\nconst a = '案件' /* 案 */")).toEqual(['2: 案件'])
  const page = `<script setup lang="ts">
// 说明
const a = '上报'
</script>
<template>
  <!-- 说明 -->
  <p title="Close it" class="wide one">{{ t('x') }} Send <kbd>Enter</kbd></p>
  <b :title="'请'">{{ ok ? '是' : '' }} · Pentad</b>
</template>`
  expect(spokenIn('x.vue', page)).toEqual([
    '3: 上报',
    '7: Close it',
    '7: Send',
    '8: :title="\'请\'"',
    "8: {{ ok ? '是' : '' }}",
  ])
})

test('a licence that asks for more than its notice is refused, save where a reason stands', () => {
  const free = (l: string) => l === 'MIT' || l === 'ISC'
  expect(['MIT', '(MIT OR GPL-3.0)', 'MIT AND ISC'].map((l) => allowed(l, free))).toEqual([true, true, true])
  expect(['AGPL-3.0', 'MIT AND GPL-2.0', '', 'unknown'].map((l) => allowed(l, free))).toEqual([
    false,
    false,
    false,
    false,
  ])
  const lock: Lock = {
    packages: {
      '': { dependencies: { a: '1' }, devDependencies: { vitest: '1', vue: '1' } },
      'node_modules/a': { version: '1', license: 'MIT', dependencies: { b: '1' } },
      'node_modules/a/node_modules/b': { version: '2', license: 'GPL-3.0-only' },
      'node_modules/b': { version: '1', license: 'AGPL-3.0-only' },
      'node_modules/vitest': { version: '1', license: 'AGPL-3.0-only' },
      'node_modules/vue': { version: '1', license: 'MIT', dependencies: { a: '1' } },
    },
  }
  const shipped = shippedBy(lock, () => undefined)
  expect(shipped.map(({ name, version, where }) => `${name} ${version} ${where}`)).toEqual([
    'a 1 both',
    'b 2 both',
    'vue 1 pages',
  ])
  expect(forbidden(shipped).map((p) => p.name)).toEqual(['b'])
})

test('paths of a workplace, work left undone and unfinished merges are found', () => {
  const marks = [
    'see /ho' + 'me/me/notes',
    'TO' + 'DO later',
    '<<<<' + '<<< HEAD',
    "fetch('/work-list')",
    'https://x.example/home/a',
  ]
  expect(strangersIn(marks.join('\n')).map((s) => s.split(':')[0])).toEqual(['1', '2', '3'])
})

test('a feature is proved by the tests that carry its number; unknown numbers and a stale table are found', () => {
  const table = '| SEN-01 | 平台 | Platform | sensing | one picture | |\n| SEN-02 | 车 | Car | nobody | fixes | |\n'
  const proofs = proofsIn('a.test.ts', "test('a car is seen [SEN-01] [XXX-09]', () => {})")
  expect(withProofs(table, proofs).split('\n')[0]).toBe(
    '| SEN-01 | 平台 | Platform | sensing | one picture | a car is seen (a.test.ts) |',
  )
  expect(withProofs(withProofs(table, proofs), [])).toBe(table)
  expect(featureFindings(table, proofs, false)).toEqual([
    'a.test.ts: [XXX-09] stands in no row of docs/features.md',
    'SEN-02: there is no module nobody',
    'docs/features.md is not fresh; `./pentad check --write` makes it anew',
  ])
})
