/** A rule that says no. Data, not an exception: the phone shows it, the edge turns it into problem+json (RFC 9457). */

export interface Refusal {
  /** `module/reason`; its sentence in each language stands in the module's `messages.ts`. */
  readonly refused: string
  /** What the sentence needs, and what a program may act on. */
  readonly detail: Readonly<Record<string, unknown>>
}

export const refuse = (refused: string, detail: Record<string, unknown> = {}): Refusal => ({ refused, detail })

export const isRefusal = (x: unknown): x is Refusal => typeof x === 'object' && x !== null && 'refused' in x

/** Carries a refusal to the edge, undoing the transaction on its way. */
export class RefusalError extends Error {
  readonly refusal: Refusal
  /** The HTTP status; chosen by the code unless given. */
  readonly status: number
  constructor(refusal: Refusal, status = statusOf(refusal.refused)) {
    super(refusal.refused)
    this.name = 'RefusalError'
    this.refusal = refusal
    this.status = status
  }
}

/** The thing asked for, or the refusal thrown; what is not there (undefined) is refused as not found. */
export function granted<T>(x: T | Refusal | undefined): T {
  if (x === undefined) throw new RefusalError(refuse('platform/not-found'))
  if (isRefusal(x)) throw new RefusalError(x)
  return x
}

/** Codes that HTTP has a better word for than 409, refused by the state of things. */
const statuses: Record<string, number> = {
  'platform/not-found': 404,
  'platform/not-signed-in': 401,
  'platform/not-allowed': 403,
  'platform/foreign-origin': 403,
  'platform/invalid-input': 400,
  'platform/no-idempotency-key': 400,
  'platform/too-large': 413,
  'platform/too-many-requests': 429,
  'platform/unavailable': 503,
  'platform/broken': 500,
  'identity/wrong-password': 401,
  'identity/second-factor-needed': 401,
  'identity/wrong-code': 401,
  'identity/locked': 423,
  'public-service/no-such-code': 404,
  'evidence/not-a-photo': 422,
  'geography/outside-city': 422,
}
const statusOf = (code: string): number => statuses[code] ?? 409
