/** What the person may do to a case, reckoned on the phone as the server does it: posts, areas, units (domain §1.3). Pure. */
import { stepOf, type Taker } from '@pentad/cases/model'
import type { listUnits, whoAmI } from '@pentad/identity/contract'
import { permissionsOf } from '@pentad/identity/model'
import type { Reply } from '@pentad/platform/contract'
import { legalDayOf } from '@pentad/platform/time'
import type { CaseHeld } from '../outbox/store.ts'

export type Me = Reply<typeof whoAmI>
export type Unit = Pick<Reply<typeof listUnits>['units'][number], 'id' | 'parentId'>

/** The unit and all above it. */
export function unitsAbove(id: string | null, units: readonly Unit[]): string[] {
  const chain: string[] = []
  for (let at = id; at && !chain.includes(at); at = units.find((u) => u.id === at)?.parentId ?? null) chain.push(at)
  return chain
}

export function takerOver(
  me: Me,
  c: Pick<CaseHeld, 'cell' | 'leadUnit' | 'mySteps'>,
  units: readonly Unit[],
  now: Date,
): Taker {
  const today = legalDayOf(now)
  const posts = me.memberships.filter((m) => m.validFrom <= today && (m.validTo === null || m.validTo >= today))
  const chain = unitsAbove(c.leadUnit?.id ?? null, units)
  // The server said these are open to me; the phone may know less of why.
  const said = (within: 'area' | 'unit') =>
    c.mySteps.filter((s) => stepOf(s).within === within).map((s) => stepOf(s).may)
  const byArea = posts.filter((m) => m.areas.some((prefix) => c.cell.startsWith(prefix)))
  const byUnit = posts.filter((m) => chain.includes(m.unitId))
  return {
    id: me.id,
    mayByArea: [...byArea.flatMap((m) => permissionsOf[m.role]), ...said('area')],
    mayByUnit: [...byUnit.flatMap((m) => permissionsOf[m.role]), ...said('unit')],
    rolesByArea: byArea.map((m) => m.role),
    rolesByUnit: byUnit.map((m) => m.role),
    units: posts.map((m) => m.unitId),
  }
}
