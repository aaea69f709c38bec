/** For tests: the rules that a city begins with, as the migration lays them. */
import { readFileSync } from 'node:fs'
import type { AlarmRule } from './model/index.ts'

const laid = readFileSync(new URL('../migrations/2026-11-22-20-alarm-rules.sql', import.meta.url), 'utf8')

export function defaultRule(id: string): AlarmRule {
  const found = new RegExp(`\\('${id}', 1, 'in_force', '(\\{.*\\})', ''`).exec(laid)?.[1]
  if (!found) throw new Error(`no rule ${id}`)
  return JSON.parse(found.replaceAll("''", "'")) as AlarmRule
}
