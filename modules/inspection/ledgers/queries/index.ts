export * from './entries.ts'
export * from './events.ts'
export * from './ledgers.ts'
