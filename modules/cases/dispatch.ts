/** Which units should get a case, and why. The dispatcher decides. */

import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { DAY } from '@pentad/platform/time'
import { dutiesFor } from '@pentad/rulebook'
import type { Kind } from '@pentad/rulebook/model'
import { rulesSay } from './dispatch-rules/apply.ts'
import { unitOfRule } from './dispatch-rules/units.ts'
import { type ReturnedBy, returnsOf, unitRecords, unitsByHabit } from './queries/index.ts'

/** What is known of the case beyond its class and place. */
interface Of {
  of?: { scheme: string; version: string }
  componentId?: string | null
  /** Of one that exists: whoever gave it back comes last, whom they named comes first. */
  caseId?: string
}

const lookBackDays = 90
const mostUnits = 5

export async function proposedUnits(
  db: Db,
  kind: Kind,
  classCode: string,
  areaCode: string,
  now: Date,
  { of, componentId, caseId }: Of = {},
) {
  const units = await allUnits(db)
  const since = new Date(now.getTime() - lookBackDays * DAY)
  const dispatchRules = await rulesSay(db, { kind, classCode, areaCode, componentId })
  const byDuty = (await dutiesFor(db, kind, classCode, of)).flatMap(({ unitRule, codePrefix }) => {
    const unit = unitOfRule(unitRule, areaCode, units)
    return unit?.axis === 'disposal' ? [{ id: unit.id, rule: `${kind} ${codePrefix}… → ${unitRule}` }] : []
  })
  const byHabit = (await unitsByHabit(db, kind, classCode, areaCode.slice(0, 9), since)).map((id) => ({
    id,
    rule: null,
  }))
  const street = units.find((u) => u.kind === 'street_office' && u.areaCode === areaCode.slice(0, 9))
  const byRule = dispatchRules.map(({ unit, said }) => ({ id: unit.id, rule: said }))
  const returns = caseId ? await returnsOf(db, caseId) : []
  const last = new Map(returns.map((r) => [r.unitId, r]))
  const named = returns.flatMap(({ suggests }) =>
    units.find((u) => u.id === suggests)?.axis === 'disposal' && suggests ? [{ id: suggests, rule: null }] : [],
  )
  const byOthers = [...byRule, ...byDuty, ...byHabit, ...(street ? [{ id: street.id, rule: null }] : [])]
  const all = [...byOthers, ...named]
  const ids = inOrder(
    [...named.reverse(), ...byOthers].map((u) => u.id),
    last,
  ).slice(0, mostUnits)
  const records = new Map((await unitRecords(db, ids, kind, classCode, since)).map((r) => [r.id, r]))
  return ids.flatMap((id) => {
    const record = records.get(id)
    if (!record) return []
    const { nameZh, nameEn, sameClass, inTime, load } = record
    const rule = all.find((u) => u.id === id)?.rule ?? null
    return [
      {
        id,
        name: { 'zh-CN': nameZh, en: nameEn },
        coUnits: dispatchRules.find((r) => r.unit.id === id)?.coUnits ?? [],
        why: {
          rule,
          sameClass,
          inTimeShare: sameClass ? inTime / sameClass : null,
          load,
          returned: returnedOut(last.get(id)),
          named: named.some((u) => u.id === id),
        },
      },
    ]
  })
}

/** Each once; those that gave it back stand last, whoever names them. */
const inOrder = (ids: readonly string[], returned: ReadonlyMap<string, unknown>): string[] => {
  const once = [...new Set(ids)]
  return [...once.filter((id) => !returned.has(id)), ...once.filter((id) => returned.has(id))]
}
const returnedOut = (r: ReturnedBy | undefined) =>
  r ? { at: r.at.toISOString(), reason: r.reason, reasonCode: r.reasonCode } : null
