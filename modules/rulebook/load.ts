/** Lays a rulebook that is already at hand, by the same code as a pack's parts. */
import type { Db } from '@pentad/platform/db'
import type { WorkCalendar } from './model/index.ts'
import { layCalendar } from './pack/calendar.ts'
import { type ListedClass, layClasses } from './pack/classes.ts'
import { type DutyRow, layDuties } from './pack/duties.ts'
import { laySchemes } from './pack/schemes.ts'
import { type ListedStandard, layStandards } from './pack/standards.ts'
import type { ClassRow, StandardRow } from './queries/index.ts'

type Optional = 'evidence' | 'laws' | 'collectionZh' | 'collectionEn' | 'unitZh' | 'unitEn'

export interface RulebookLoad {
  scheme: string
  version: string
  classes: readonly Omit<ClassRow, 'scheme' | 'version'>[]
  standards: readonly (Omit<StandardRow, 'scheme' | 'version' | 'id' | Optional> & {
    evidence?: readonly string[]
  })[]
  calendar: WorkCalendar
  duties: readonly Pick<DutyRow, 'kind' | 'codePrefix' | 'unitRule'>[]
}

/** One scheme, in force, with all that hangs on it. */
export async function loadRulebook(db: Db, load: RulebookLoad): Promise<void> {
  const { scheme, version } = load
  const laying = { db, now: new Date(), editionId: null }
  const name = `${scheme} ${version}`
  await laySchemes(laying, [
    { id: scheme, version, nameZh: name, nameEn: name, publisher: '', validFrom: null, validTo: null, inForce: true },
  ])
  await layClasses(
    laying,
    load.classes.map((c): ListedClass => ({ ...c, scheme, version })),
  )
  await layStandards(
    laying,
    load.standards.map(
      (s): ListedStandard => ({
        laws: [],
        collectionZh: '',
        collectionEn: '',
        unitZh: '',
        unitEn: '',
        ...s,
        evidence: [...(s.evidence ?? [])],
        scheme,
        version,
      }),
    ),
  )
  await layCalendar(laying, load.calendar)
  await layDuties(
    laying,
    load.duties.map((d) => ({ ...d, scheme: '', version: '' })),
  )
}
