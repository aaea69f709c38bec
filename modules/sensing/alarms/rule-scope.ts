/** Whom a rule means, and who may write it. */
import { reachOf } from '@pentad/geography'
import type { Db } from '@pentad/platform/db'
import { type Refusal, refuse } from '@pentad/platform/refusal'
import { type Actor, permits } from '@pentad/platform/rights'
import { serve } from '@pentad/platform/serve'
import type { DeviceKind } from '../model.ts'
import { scopeMeans } from './contract.ts'
import { type AlarmRule, inScope } from './model/index.ts'
import { devicesById, devicesInService } from './queries/index.ts'

export const setRules = 'sensing.set-rules'
const mostMeant = 200

/** A rule of another area is not theirs to write or to end; one of no area is the whole city's. */
export async function within(db: Db, actor: Actor, rules: readonly (AlarmRule | undefined)[]): Promise<Refusal | true> {
  const reaches = await reachOf(db, actor, setRules)
  const areas: string[] = []
  for (const { scope } of rules.filter((r) => r !== undefined)) {
    if (scope.areas.length > 0) areas.push(...scope.areas)
    // A rule for some devices is of where they are.
    else {
      const devices = await devicesById(db, scope.deviceIds)
      areas.push(...(devices.length > 0 ? devices.map((d) => d.areaCode ?? '') : ['']))
    }
  }
  return areas.every(reaches) || refuse('sensing/rules-of-others')
}
export const mayRead = (actor: Actor) => (d: { areaCode: string | null; unitId: string | null }) =>
  permits(actor, 'sensing.read', { areaCode: d.areaCode, units: d.unitId ? [d.unitId] : [] })

export const scopeRoutes = [
  serve(scopeMeans, async ({ body: { scope } }, { db, actor }) => {
    const meant = (await devicesInService(db)).filter((d) => inScope(scope, d) && mayRead(actor)(d))
    return {
      all: meant.length,
      devices: meant
        .sort((a, b) => a.nameZh.localeCompare(b.nameZh, 'zh-CN'))
        .slice(0, mostMeant)
        .map(({ id, kind, nameZh, nameEn, label, areaCode }) => ({
          ...{ id, kind: kind as DeviceKind, label, areaCode },
          name: { 'zh-CN': nameZh, en: nameEn },
        })),
    }
  }),
]
