/** Whole numbers that no double can hold, counters of 64 bits for instance, keep their digits. Pure. */

interface Raw {
  rawJSON: string
}
/** What the engine knows and the library of types does not yet (ECMA-262, JSON.parse source text access). */
const exactJson = JSON as unknown as {
  parse: (text: string, revive: (name: string, value: unknown, context: { source?: string }) => unknown) => unknown
  rawJSON: (text: string) => Raw
  isRawJSON: (value: unknown) => value is Raw
}

/** As JSON.parse; a whole number beyond 2^53 becomes what JSON.stringify writes with the same digits. */
export const parseExact = (text: string): unknown =>
  exactJson.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && /^-?\d{16,}$/.test(source) && !Number.isSafeInteger(value)
      ? exactJson.rawJSON(source)
      : value,
  )
/** The digits of a number that was kept by them. */
export const digitsOf = (value: unknown): string | undefined => (exactJson.isRawJSON(value) ? value.rawJSON : undefined)
