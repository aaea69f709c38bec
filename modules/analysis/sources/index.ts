/** All that is searched, lowest module first. A new kind of thing is a new line here and in `kinds`. */
import type { Kind } from '../model/index.ts'
import { cases } from './cases.ts'
import { areas, components, places } from './geography.ts'
import { people, units } from './identity.ts'
import { entries } from './inspection.ts'
import { causes, classes, laws } from './rulebook.ts'
import { devices } from './sensing.ts'
import type { Source } from './source.ts'

export { reading, type Source, type ToldRow } from './source.ts'

export const sources: readonly Source[] = [
  units,
  people,
  areas,
  places,
  components,
  classes,
  laws,
  causes,
  devices,
  cases,
  entries,
]

export const sourceOf = (kind: Kind): Source | undefined => sources.find((s) => s.kind === kind)
