/** What a trail tells of the truth of a closing. Pure. */
import type { CaseWhole } from './asked.ts'

type Trail = CaseWhole['trail']

export interface LotSaid {
  seq: number
  seed: string
  candidates: string[]
  drawn: string | null
  among: 'on-duty' | 'all' | 'nobody'
}
/** The draws of checkers, oldest first. */
export const lotsOf = (trail: Trail): LotSaid[] =>
  trail.flatMap((e) => {
    const lot = e.detail?.lot as Omit<LotSaid, 'seq'> | undefined | null
    return lot ? [{ ...lot, seq: e.seq }] : []
  })

/** What reporters said of the closing, oldest first; the case that an objection opened begins with it. */
export const wordsOf = (trail: Trail): { seq: number; fixed: boolean; reason: string | null; at: string }[] =>
  trail.flatMap((e) => {
    const objects = e.act === 'object' || (e.act === 'reopen' && e.detail?.why === 'objection')
    return objects || e.act === 'confirm'
      ? [{ seq: e.seq, fixed: e.act === 'confirm', reason: e.reason, at: e.recorded }]
      : []
  })

export const auditOf = (trail: Trail): { right: boolean; reason: string | null } | null => {
  const audit = trail.findLast((e) => e.act === 'audit')
  return audit ? { right: audit.detail?.right === true, reason: audit.reason } : null
}
