export * from './fresh.ts'
export * from './record.ts'
export * from './rules.ts'
export * from './trials.ts'
