/** Ledgers and inspections: the door for the server. */
import type { Module } from '@pentad/platform/module'
import { layers } from './ledgers/layers.ts'
import { ledgersPart } from './ledgers/pack.ts'
import { routes } from './ledgers/routes.ts'
import { messages } from './messages.ts'

export { ledgersPart } from './ledgers/pack.ts'
export { entrySubject } from './ledgers/routes.ts'

export const inspection: Module = {
  name: 'inspection',
  migrations: new URL('./migrations/', import.meta.url),
  routes,
  messages,
  pack: [ledgersPart],
  layers,
}
