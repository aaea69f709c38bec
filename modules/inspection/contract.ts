export * from './ledgers/contract.ts'
