/** Who answers for a problem of a class at a place (责任单位): the longest prefix of `duties.csv` decides. */
import type { ClassKind, Duty, Pack } from './types.ts'

const prefixOfDistrict: Readonly<Record<string, string>> = { 110101: 'dc', 110102: 'xc' }

export type AnswerableUnit = (order: { kind: ClassKind; code: string; streetCode: string }) => string

export function answerableUnits(pack: Pick<Pack, 'duties' | 'units'>): AnswerableUnit {
  const rules = new Map(pack.duties.map((duty: Duty) => [`${duty.classKind}:${duty.classCode}`, duty.unitRule]))
  const streetOffices = new Map(pack.units.filter((u) => u.kind === 'street_office').map((u) => [u.areaCode, u.id]))
  return ({ kind, code, streetCode }) => {
    const rule = rules.get(`${kind}:${code}`) ?? rules.get(`${kind}:${code.slice(0, 2)}`)
    const unit =
      rule === 'street'
        ? streetOffices.get(streetCode)
        : rule?.replace('{district}', prefixOfDistrict[streetCode.slice(0, 6)] ?? '')
    if (unit === undefined) throw new Error(`nobody answers for ${kind} ${code} in ${streetCode}`)
    return unit
  }
}
