/** Classes, standards, calendars, duties, laws and what follows from them, by version: the door for the server. */
import type { Module } from '@pentad/platform/module'
import { messages } from './messages.ts'
import { rulebookParts } from './pack/index.ts'
import { routes } from './routes/index.ts'

export { type Converted, type ConvertedFile, readLawFolder, readStandardsTable } from './convert/index.ts'
export { loadRulebook, type RulebookLoad } from './load.ts'
export { articleAt, articleCited } from './lookup.ts'
export { calendarIn } from './pack/calendar.ts'
export { rulebookParts } from './pack/index.ts'
export {
  type ClassRow,
  calendarBy,
  classBy,
  classesInForce,
  classInForce,
  dutiesFor,
  mappingsOf,
  type StandardRow,
  standardById,
  standardId,
  standardsOf,
} from './queries/index.ts'
export { standardOut } from './views.ts'

export const rulebook: Module = {
  name: 'rulebook',
  migrations: new URL('./migrations/', import.meta.url),
  routes,
  messages,
  pack: rulebookParts,
}
