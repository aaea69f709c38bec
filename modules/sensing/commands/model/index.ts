export * from './clock.ts'
export * from './gaps.ts'
export * from './kinds.ts'
export * from './states.ts'
