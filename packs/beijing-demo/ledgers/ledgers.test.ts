import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ledgerTables } from './generate.ts'

const dir = join(import.meta.dirname, '..')
const tables = ledgerTables(dir)
const schemas = [...tables.keys()].map(
  (path) =>
    parse(readFileSync(join(dir, path.replace('.csv', '.yaml')), 'utf8')) as {
      major: { 'zh-CN': string }
      proposal: boolean
    },
)

test('[ONE-07] the proposed special ledgers are 20 of 8 major kinds, each marked as a proposal', () => {
  expect(schemas).toHaveLength(20)
  expect(new Set(schemas.map((s) => s.major['zh-CN'])).size).toBe(8)
  expect(schemas.every((s) => s.proposal)).toBe(true)
})

test('the rows of the ledgers are those that the generator writes, and say that they are invented', () => {
  for (const [path, text] of tables) {
    expect(readFileSync(join(dir, path), 'utf8'), path).toBe(text)
    expect(text).toMatch(/演/)
  }
})
