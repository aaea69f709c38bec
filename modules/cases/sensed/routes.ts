import { granted, refuse } from '@pentad/platform/refusal'
import { type Actor, permits } from '@pentad/platform/rights'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { HOUR, MINUTE } from '@pentad/platform/time'
import { alarmOut, type DeviceRow, deviceById, deviceOut, placesBetween, sensedNear } from '@pentad/sensing'
import { type CaseRow, lineById } from '../queries/index.ts'
import { actsNearTrack, sensedNearCase } from './contract.ts'
import { alongTrack, factorsOf, sensedAfterMinutes, sensedBeforeMinutes, sensedMatter, sensedRadiusM } from './model.ts'
import { actsIn } from './queries.ts'

const mostHours = 48
/** Metres around the way, in degrees, generously. */
const degreesPerM = 1 / 80_000

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

  serve(actsNearTrack, async ({ query }, { db, actor }) => {
    const [from, until] = [new Date(query.from), new Date(query.until)]
    const hours = (until.getTime() - from.getTime()) / HOUR
    if (!(hours > 0 && hours <= mostHours)) return refuse('sensing/time-too-long', { hours: mostHours })
    const device = await deviceById(db, query.device)
    if (!device || !mayRead(actor)(device)) return refuse('platform/not-found')
    const places = await placesBetween(db, device.handle, from, until)
    if (places.length === 0) return { acts: [] }
    const around = query.radiusM * degreesPerM
    const [lons, lats] = [places.map((p) => p.lon), places.map((p) => p.lat)]
    const least = (all: number[]) => all.reduce((low, n) => Math.min(low, n)) - around
    const most = (all: number[]) => all.reduce((high, n) => Math.max(high, n)) + around
    const rows = await actsIn(db, actor, [least(lons), least(lats), most(lons), most(lats)], from, until)
    const near = alongTrack(
      rows.map((r) => ({ ...r, atMs: r.at.getTime() })),
      places,
      query.radiusM,
    )
    return {
      acts: near.slice(0, 500).map(({ caseId, no, act, at, lon, lat, distanceM }) => ({
        ...{ caseId, no, act, lon, lat, at: at.toISOString(), distanceM: metres(distanceM) },
      })),
    }
  }),
]
