/** Truth of closing, as far as it is pure: outcomes, rates, counters. */
export * from './counters.ts'
export * from './days.ts'
export * from './outcome.ts'
export * from './rates.ts'
