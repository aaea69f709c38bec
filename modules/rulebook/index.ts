/** Classes, standards, calendars, duties, by version: the door for the server. */
import type { Module } from '@pentad/platform/module'
import { messages } from './messages.ts'
import { routes, standardOut } from './routes.ts'

export {
  type ClassRow,
  calendarBy,
  classesInForce,
  classInForce,
  dutiesFor,
  loadRulebookRows as loadRulebook,
  type RulebookLoad,
  type StandardRow,
  standardById,
  standardId,
  standardsOf,
} from './queries.ts'
export { standardOut }

export const rulebook: Module = {
  name: 'rulebook',
  migrations: new URL('./migrations/', import.meta.url),
  routes,
  messages,
}
