/** People, units, posts, rights, sessions, audit: the door for the server. */
import type { Module } from '@pentad/platform/module'
import { messages } from './messages.ts'
import { pack } from './pack/index.ts'
import { routes } from './routes.ts'

export { namedActor } from './basic.ts'
export { type Holder, holdersOf } from './holders.ts'
export { loginsOf, membershipsPart, noPassword, peoplePart, unitIdsOf, unitsPart } from './pack/index.ts'
export {
  type AuditEntry,
  addAudit,
  addMembershipRow,
  addPersonRow,
  allUnits,
  endSessions,
  lockPersonByLogin,
  membershipsOf,
  peopleLike,
  putUnit,
  setAllPasswords,
  setFailures,
  setPassword,
  type UnitRow,
} from './queries.ts'
export { accountNamed, authenticateWith } from './sign-in.ts'

export const identity: Module = {
  name: 'identity',
  migrations: new URL('./migrations/', import.meta.url),
  routes,
  messages,
  pack,
}
