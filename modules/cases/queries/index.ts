export * from './figures.ts'
export * from './read.ts'
export * from './write.ts'
