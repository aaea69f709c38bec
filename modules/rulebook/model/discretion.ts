/** Powers, causes and the steps of discretion 裁量基准 (domain §6.1, §6.8, §6.9). Money is fen. Pure. */

export const powerKinds = ['penalty', 'coercion', 'inspection', 'licence', 'other'] as const
export type PowerKind = (typeof powerKinds)[number]

/** Kinds of penalty (Penalty Law §9), and what must or may go with them. A decision may hold several. */
export const measures = [
  'order', // 责令改正
  'warning', // 警告
  'criticism', // 通报批评
  'fine', // 罚款
  'confiscation', // 没收
  'suspension', // 责令停工停产停业
  'revocation', // 暂扣、吊销许可
  'removal', // 限期拆除
  'other',
] as const
export type Measure = (typeof measures)[number]

/** What must have happened before: nothing; an order to correct that ran out; the same act before. */
export const preconditions = ['none', 'overdue', 'repeat'] as const
export type Precondition = (typeof preconditions)[number]

export const severities = ['minor', 'ordinary', 'serious'] as const
export type Severity = (typeof severities)[number]

export interface FineRange {
  fineFromFen: number | null
  fineToFen: number | null
}
export interface DiscretionStep extends FineRange {
  step: string
}

/** C lighter, B ordinary, A serious (the letters of the published benchmark), then the number inside the tier, from light to heavy. */
export const stepPattern = /^[CBA](0[1-9]|[1-9]\d)$/
export const tierOf = (step: string): 'A' | 'B' | 'C' => (step.startsWith('A') ? 'A' : step.startsWith('B') ? 'B' : 'C')
const weight = (step: string): number => 'CBA'.indexOf(step[0] ?? 'C') * 100 + Number(step.slice(1))
/** From the lightest to the heaviest. */
export const inOrder = <T extends { step: string }>(steps: readonly T[]): T[] =>
  [...steps].sort((a, b) => weight(a.step) - weight(b.step))

export type StepFault =
  | { kind: 'turned'; step: string }
  | { kind: 'outside-law'; step: string; from: number; to: number }
  | { kind: 'number-gap'; step: string; wanted: string }
  | { kind: 'fine-gap'; step: string; before: string }
  | { kind: 'lighter'; step: string; before: string }

/** What is wrong with the steps of one cause, beside the range that the law allows. Only mitigation, which a decision reasons for itself,
 * may go below the law's least. */
export function stepFaults(steps: readonly DiscretionStep[], law: FineRange): StepFault[] {
  const faults: StepFault[] = []
  const next: Record<string, number> = {}
  let before: { step: string; from: number; to: number } | undefined
  for (const { step, fineFromFen, fineToFen } of inOrder(steps)) {
    const tier = tierOf(step)
    const wanted = (next[tier] ?? 0) + 1
    next[tier] = Number(step.slice(1))
    if (Number(step.slice(1)) !== wanted)
      faults.push({ kind: 'number-gap', step, wanted: `${tier}${String(wanted).padStart(2, '0')}` })
    if (fineFromFen === null && fineToFen === null) continue
    const from = fineFromFen ?? fineToFen ?? 0
    const to = fineToFen ?? fineFromFen ?? 0
    if (from > to) {
      faults.push({ kind: 'turned', step })
      continue
    }
    if (from < (law.fineFromFen ?? 0) || to > (law.fineToFen ?? Number.POSITIVE_INFINITY))
      faults.push({ kind: 'outside-law', step, from: law.fineFromFen ?? 0, to: law.fineToFen ?? 0 })
    if (before && from > before.to) faults.push({ kind: 'fine-gap', step, before: before.step })
    if (before && (from < before.from || to < before.to)) faults.push({ kind: 'lighter', step, before: before.step })
    before = { step, from, to }
  }
  return faults
}
