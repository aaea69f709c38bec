/** What every check is made of. */

export interface Outcome {
  /** What is wrong, one line or paragraph each; none means that the check passed. */
  findings: readonly string[]
  /** Worth a look; fails nothing. */
  warnings?: readonly string[]
  /** A few words for the line of the check: how much was looked at. */
  note?: string
}

export interface Check {
  name: string
  /** `write`: generated files are written anew instead of compared. */
  run: (order: { write: boolean }) => Promise<Outcome>
}
