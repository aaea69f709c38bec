/** Units, people and their posts in a city pack. */
import type { PackPart } from '@pentad/platform/pack'
import { membershipsPart } from './memberships.ts'
import { loginsOf, peoplePart } from './people.ts'
import { unitIdsOf, unitsPart } from './units.ts'

export { noPassword } from './people.ts'
export { loginsOf, membershipsPart, peoplePart, unitIdsOf, unitsPart }
export const pack: readonly PackPart[] = [unitsPart, peoplePart, membershipsPart]
