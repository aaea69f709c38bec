/** `organisation/dispatch-rules.csv`: what a city begins with; at the desk they are tried and changed from there. */
import { allUnits, unitsPart } from '@pentad/identity'
import { type Db, sql } from '@pentad/platform/db'
import { type Changes, filesOf, noChanges, type PackReading, part, rowsIn } from '@pentad/platform/pack'
import { kinds } from '@pentad/rulebook/model'
import { changedRules, type DispatchRule, faultIn } from './model.ts'
import { editionIn, layEdition } from './queries.ts'

const columns = {
  class_kind: {},
  class_code: { optional: true },
  area: { optional: true },
  keeper: { optional: true },
  unit: {},
  co_units: { optional: true },
  direct: { optional: true },
  self: { optional: true },
  priority: { optional: true },
  note: { optional: true },
}
const areaPrefix = /^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12}|\d{15})?$/
const yesNo = ['', 'yes', 'no'] as const

/** Who stands behind an edition that a pack brought. */
const byPack = 'pack'

export const dispatchRulesPart = part<DispatchRule[]>({
  name: 'dispatch-rules',
  wholeCity: true,
  files: ['organisation/dispatch-rules.csv'],
  read: async (reading) => {
    const rules: DispatchRule[] = []
    const lines: number[] = []
    const known = await knownUnit(reading)
    for (const file of filesOf(reading.source, dispatchRulesPart)) {
      for await (const row of rowsIn(reading, file, columns)) {
        const word = (unit: string): string => {
          if (!known(unit)) row.fault('cases/rule-unknown-unit', { line: row.line, unit })
          return unit
        }
        const yes = (column: 'direct' | 'self') => row.optional(column) !== null && row.oneOf(column, yesNo) === 'yes'
        const rule = {
          kind: row.oneOf('class_kind', kinds),
          classPrefix: row.optional('class_code')
            ? row.matching('class_code', /^[0-9A-Za-z]{1,8}$/, 'pack/not-a-class-code')
            : '',
          area: row.optional('area') ?? '',
          keeper: row.optional('keeper') ?? '',
          unit: word(row.text('unit')),
          coUnits: row.list('co_units').map(word),
          direct: yes('direct'),
          self: yes('self'),
          priority: row.optional('priority') ? row.number('priority', { from: 0, to: 9 }) : 0,
          note: row.optional('note') ?? '',
        }
        if (!areaPrefix.test(rule.area)) row.fault('pack/area-prefix', { area: rule.area })
        if (!row.good()) continue
        rules.push(rule)
        lines.push(row.line)
      }
      const fault = faultIn(rules)
      if (fault) {
        const line = lines[fault.index] ?? 1
        reading.fault(file, line, `cases/rule-fault-${fault.why}`, { line })
      }
    }
    return rules
  },
  async lay({ db, now }, rules) {
    const before = await editionIn(db, 'in_force', true)
    const last = await lastOfPack(db)
    // What the pack said before, the desk may have changed since: it says it anew only when it says something else.
    if (last && changedRules(last, rules).length === 0) return { ...noChanges(), same: rules.length }
    const old = before?.rules ?? []
    await layEdition(db, rules, byPack, now)
    return changesOf(old, rules)
  },
})

function changesOf(old: readonly DispatchRule[], rules: readonly DispatchRule[]): Changes {
  const added = rules.filter((r) => changedRules(old, [...old, r]).length > 0).length
  return { added, changed: 0, retired: changedRules(old, rules).length - added, same: rules.length - added }
}

/** What a rule may name: `street`, the ending of a unit of each district, or a unit; all of them must do the work themselves. */
async function knownUnit(reading: PackReading): Promise<(word: string) => boolean> {
  const units = [...(reading.of(unitsPart) ?? []), ...(reading.db ? await allUnits(reading.db) : [])]
  const disposal = units.filter((u) => u.axis === 'disposal').map((u) => u.id)
  const any = disposal.length > 0
  return (word) =>
    word === 'street' ||
    !any ||
    disposal.some((id) => (word.startsWith('{district}') ? id.endsWith(word.slice('{district}'.length)) : id === word))
}

const lastOfPack = async (db: Db): Promise<DispatchRule[] | undefined> =>
  (
    await sql<{
      rules: DispatchRule[]
    }>`select rules from cases.dispatch_rules where created_by = ${byPack} order by version desc limit 1`.execute(db)
  ).rows[0]?.rules
