/** Ledgers and inspections: what phone, page and server share. Pure. */
export * from './ledgers/model/index.ts'
