/** The rules of many to many, for whoever shows them. Pure. */
export * from './hard/model.ts'
export * from './hung/model.ts'
export * from './packages/model.ts'
