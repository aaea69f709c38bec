/** Many to many: packages, parts, hard cases, hung items, joint work. A door of its own: it is built on the case's own contract. */
export * from '../hard/contract.ts'
export * from '../hung/contract.ts'
export * from '../packages/contract.ts'
export * from '../ties/contract.ts'
