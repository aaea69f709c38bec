/** The three public rates (结案率、核实解决率、上报人确认率), each with what it is a share of. Pure. */

export const ratesBy = ['all', 'area', 'class', 'unit'] as const
export type RatesBy = (typeof ratesBy)[number]

/** What is counted of the cases of a period. */
export interface ClosingCounts {
  /** Closed in the period, in whatever way. */
  closed: number
  /** Not closed by its end, and late by then. */
  overdue: number
  /** Closed as fixed after a check on the spot that nothing speaks against, and that no later check proved wrong. */
  verified: number
  /** Closed cases whose reporters could say whether it was fixed, those where one did, and where all who did said yes. */
  asked: number
  answered: number
  confirmed: number
}

export interface Rate {
  n: number
  of: number
  /** Null where there is nothing to be a share of: never 0, never 100 %. */
  rate: number | null
}
export interface Rates {
  closed: Rate
  verified: Rate
  confirmed: Rate & { asked: number }
}

const rate = (n: number, of: number): Rate => ({ n, of, rate: of > 0 ? n / of : null })

export const ratesOf = (c: ClosingCounts): Rates => ({
  closed: rate(c.closed, c.closed + c.overdue),
  verified: rate(c.verified, c.closed),
  confirmed: { ...rate(c.confirmed, c.answered), asked: c.asked },
})

/** A share of fewer than so many is not published: single people could be recognised in it. */
export const fewestPublished = 5

/** As it may be published: a share of too few is none, and its figures are left out. */
export function published(r: Rates): { [k in keyof Rates]: { of: number | null; rate: number | null } } {
  const shown = ({ of, rate: share }: Rate) =>
    of < fewestPublished
      ? { of: null, rate: null }
      : { of, rate: share === null ? null : Math.round(share * 1000) / 1000 }
  return { closed: shown(r.closed), verified: shown(r.verified), confirmed: shown(r.confirmed) }
}
