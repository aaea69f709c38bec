/** What the rulebook understands of a city pack, in the order of reading: what is cited comes before what cites it. */
import type { PackPart } from '@pentad/platform/pack'
import { calendarPart } from './calendar.ts'
import { causesPart } from './causes.ts'
import { checklistsPart } from './checklists.ts'
import { classesPart } from './classes.ts'
import { discretionPart } from './discretion.ts'
import { dutiesPart } from './duties.ts'
import { lawsPart } from './laws.ts'
import { mappingsPart } from './mappings.ts'
import { powersPart } from './powers.ts'
import { schemesPart } from './schemes.ts'
import { standardsPart } from './standards.ts'

export const rulebookParts: readonly PackPart[] = [
  schemesPart,
  classesPart,
  lawsPart,
  standardsPart,
  mappingsPart,
  dutiesPart,
  calendarPart,
  powersPart,
  causesPart,
  discretionPart,
  checklistsPart,
]
