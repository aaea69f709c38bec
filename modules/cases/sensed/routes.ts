import { granted } from '@pentad/platform/refusal'
import { type Actor, permits } from '@pentad/platform/rights'
import { type SubjectKind, serveAbout } from '@pentad/platform/serve'
import { MINUTE } from '@pentad/platform/time'
import { alarmOut, type DeviceRow, deviceOut, sensedNear } from '@pentad/sensing'
import { type CaseRow, lineById } from '../queries/index.ts'
import { sensedNearCase } from './contract.ts'
import { factorsOf, sensedAfterMinutes, sensedBeforeMinutes, sensedMatter, sensedRadiusM } from './model.ts'

const metres = (m: number): number => Math.round(m)
/** Beside a case that one may see lies what one may not. */
const mayRead =
  (actor: Actor) =>
  ({ areaCode, unitId }: DeviceRow): boolean =>
    permits(actor, 'sensing.read', { areaCode, units: unitId ? [unitId] : [] })

export const sensedRoutes = (caseSubject: SubjectKind<CaseRow>) => [
  serveAbout(sensedNearCase, caseSubject, async ({ subject, query }, { db, actor, now }) => {
    const matter = sensedMatter(subject.kind, subject.classCode)
    const radiusM = query.radiusM ?? sensedRadiusM[matter ?? 'noise']
    const at = granted(await lineById(db, subject.id)).reportedAt.getTime()
    const from = new Date(at - sensedBeforeMinutes * MINUTE)
    const until = new Date(Math.min(at + sensedAfterMinutes * MINUTE, now.getTime()))
    const asked = { matter, radiusM, from: from.toISOString(), until: until.toISOString() }
    if (!matter) return { ...asked, sensors: [], alarms: [], passes: [] }
    const near = await sensedNear(db, { lon: subject.lon, lat: subject.lat, radiusM, from, until })
    const sees = mayRead(actor)
    const wanted = factorsOf[matter]
    return {
      ...asked,
      sensors: near.sensors
        .filter((s) => sees(s.device))
        .map((s) => ({
          device: deviceOut(s.device, now),
          distanceM: metres(s.distanceM),
          curves: s.curves.filter((c) => wanted.includes(c.factor)),
        })),
      alarms: near.alarms
        .filter((a) => sees(a.device) && (a.factor === null || wanted.includes(a.factor)))
        .map((a) => ({ ...alarmOut(a, now), distanceM: metres(a.distanceM) })),
      passes: near.passes
        .filter((p) => sees(p.device))
        .map((p) => ({
          device: deviceOut(p.device, now),
          distanceM: metres(p.distanceM),
          at: p.at.toISOString(),
          from: p.from.toISOString(),
          until: p.until.toISOString(),
        })),
    }
  }),
]
