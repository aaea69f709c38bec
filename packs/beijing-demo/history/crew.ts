/** Who acted at each step, out of the pack's people and their memberships on that day. */
import type { Random } from '../random.ts'
import type { Pack, Role } from '../types.ts'
import { dayMs, localHour, zoneMs } from './clock.ts'
import type { Life } from './life.ts'
import type { Actors, Channel, ReporterKind } from './types.ts'

export const reporterOf: Readonly<Record<Channel, ReporterKind>> = {
  inspector: 'inspector',
  hotline: 'citizen',
  citizen: 'citizen',
  video: 'device',
  sensor: 'device',
  uav: 'device',
  opinion: 'citizen',
  utility: 'utility',
  self_check: 'business',
  instruction: 'leader',
  transfer: 'department',
  grid: 'department',
  patrol: 'officer',
  survey: 'inspector',
  open311: 'citizen',
}

interface Member {
  readonly login: string
  readonly role: Role
  readonly unitId: string
  readonly areaCodes: readonly string[]
  readonly fromMs: number
  readonly untilMs: number
  readonly night: boolean
}

const localMidnight = (date: string): number => Date.parse(`${date}T00:00:00Z`) - zoneMs

export function crewOf(pack: Pack) {
  const all = pack.memberships.map(
    (m): Member => ({
      ...m,
      fromMs: localMidnight(m.validFrom),
      untilMs: m.validTo === null ? Number.POSITIVE_INFINITY : localMidnight(m.validTo) + dayMs,
      night: m.login.endsWith('-night'),
    }),
  )
  const byRole = Map.groupBy(all, (m) => m.role)
  const memo = new Map<string, readonly Member[]>()
  /** Members of a role who may act at a place; those of one unit where it is given. */
  const members = (role: Role, area: string, unitId: string | null): readonly Member[] => {
    const key = `${role}:${area}:${unitId ?? ''}`
    const known = memo.get(key)
    if (known) return known
    const found = (byRole.get(role) ?? []).filter(
      (m) => (unitId === null || m.unitId === unitId) && m.areaCodes.some((code) => area.startsWith(code)),
    )
    memo.set(key, found)
    return found
  }
  const one = (order: {
    role: Role
    area: string
    unitId?: string | null
    atMs: number | null
    random: Random
    not?: string | null
  }): string | null => {
    const { role, area, unitId = null, atMs, random, not = null } = order
    if (atMs === null) return null
    const hour = localHour(atMs)
    const atNight = hour >= 20 || hour < 8
    const valid = members(role, area, unitId).filter((m) => m.fromMs <= atMs && atMs < m.untilMs && m.login !== not)
    // The centres have a night crew; the other posts have one crew for all hours.
    const onShift = valid.filter((m) => m.night === atNight)
    const free = onShift.length ? onShift : valid
    return free.length ? random.pick(free).login : null
  }
  return (order: {
    life: Life
    streetCode: string
    unitId: string | null
    channel: Channel
    random: Random
  }): Actors => {
    const { life, streetCode, unitId, channel, random } = order
    const at = (role: Role, atMs: number | null, not: string | null = null) =>
      one({ role, area: streetCode, atMs, random, not })
    const inUnit = (role: Role, atMs: number | null) => one({ role, area: streetCode, unitId, atMs, random })
    const reportedBy =
      channel === 'inspector' || channel === 'survey'
        ? at('inspector', life.reported)
        : channel === 'patrol'
          ? at('officer', life.reported)
          : channel === 'instruction'
            ? at('leader', life.reported)
            : null
    return {
      reportedBy,
      acceptedBy: at('acceptor', life.accepted),
      filedBy: at('shift_leader', life.filed),
      dispatchedBy: at('dispatcher', life.dispatched),
      signedBy: unitId === null ? null : inUnit('unit_handler', life.signed),
      feedbackBy: unitId === null ? null : inUnit('unit_manager', life.feedback),
      // Whoever reported it does not judge the result.
      checkedBy: at('inspector', life.checked, reportedBy),
      closedBy: at('shift_leader', life.closed),
    }
  }
}
