/** Which units should get a case, and why. The dispatcher decides. */

import { allUnits, type UnitRow } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { DAY } from '@pentad/platform/time'
import { dutiesFor } from '@pentad/rulebook'
import type { Kind } from '@pentad/rulebook/model'
import { unitRecords, unitsByHabit } from './queries/index.ts'

const lookBackDays = 90
const mostUnits = 5

/** A duty rule as a unit: `street` is the street office of the place; `{district}-drainage` that of the place's district. */
export function unitOfRule(rule: string, areaCode: string, units: readonly UnitRow[]): UnitRow | undefined {
  if (rule === 'street') return units.find((u) => u.kind === 'street_office' && u.areaCode === areaCode.slice(0, 9))
  if (!rule.startsWith('{district}')) return units.find((u) => u.id === rule)
  const ending = rule.slice('{district}'.length)
  return units.find((u) => u.id.endsWith(ending) && u.areaCode === areaCode.slice(0, 6))
}

export async function proposedUnits(
  db: Db,
  kind: Kind,
  classCode: string,
  areaCode: string,
  now: Date,
  of?: { scheme: string; version: string },
) {
  const units = await allUnits(db)
  const since = new Date(now.getTime() - lookBackDays * DAY)
  const byRule = (await dutiesFor(db, kind, classCode, of)).flatMap(({ unitRule, codePrefix }) => {
    const unit = unitOfRule(unitRule, areaCode, units)
    return unit?.axis === 'disposal' ? [{ id: unit.id, rule: `${kind} ${codePrefix}… → ${unitRule}` }] : []
  })
  const byHabit = (await unitsByHabit(db, kind, classCode, areaCode.slice(0, 9), since)).map((id) => ({
    id,
    rule: null,
  }))
  const street = units.find((u) => u.kind === 'street_office' && u.areaCode === areaCode.slice(0, 9))
  const all = [...byRule, ...byHabit, ...(street ? [{ id: street.id, rule: null }] : [])]
  const ids = [...new Set(all.map((u) => u.id))].slice(0, mostUnits)
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
        why: { rule, sameClass, inTimeShare: sameClass ? inTime / sameClass : null, load },
      },
    ]
  })
}
