/** Search and analysis: the door for the server. */
import type { Module } from '@pentad/platform/module'
import { jobs } from './jobs.ts'
import { on } from './on.ts'
import { routes } from './routes.ts'

export { follow } from './follow.ts'
export { type DocColumn, docColumns, docRow, made } from './lay.ts'
export { search } from './search.ts'
export { sources } from './sources/index.ts'

export const analysis: Module = {
  name: 'analysis',
  migrations: new URL('./migrations/', import.meta.url),
  routes,
  jobs,
  on,
}
