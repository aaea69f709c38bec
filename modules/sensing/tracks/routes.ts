import { locatorOf } from '@pentad/geography'
import { addAudit } from '@pentad/identity'
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { isRefusal, refuse } from '@pentad/platform/refusal'
import { permits } from '@pentad/platform/rights'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { HOUR } from '@pentad/platform/time'
import type { DeviceKind } from '../model.ts'
import { type DeviceRow, deviceById, seen } from '../queries/devices.ts'
import { addFence, deviceTrack, endFence, fenceStays, listFences, nearDevices } from './contract.ts'
import * as fences from './fences/queries.ts'
import { type Fix, gapsOf, latOf, lonOf, shapeOf, stopsOf, wayM } from './model/index.ts'
import { fixesBetween, near } from './queries.ts'

const iso = (ms: number) => new Date(ms).toISOString()
/** What a person carries shows where the person was: who asks is written down. */
const carried: readonly DeviceKind[] = ['phone', 'radio']

const fixOut = (f: Fix) => ({
  at: iso(f.atMs),
  lon: lonOf(f),
  lat: latOf(f),
  speedKmh: f.speedDkmh === null ? null : f.speedDkmh / 10,
  headingDeg: f.headingDeg,
})

/** At most so many, evenly, the first and the last always. */
function thinned<T>(all: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.ceil(all.length / (most - 1)))
  return all.filter((_, i) => i % step === 0 || i === all.length - 1)
}

const scopeOf = ({ areaCode, unitId }: Pick<DeviceRow, 'areaCode' | 'unitId'>) => ({
  areaCode,
  units: unitId ? [unitId] : [],
})
const deviceSubject: SubjectKind<DeviceRow> = { kind: 'device', load: deviceById, scope: scopeOf }
const fenceSubject: SubjectKind<fences.FenceRow> = {
  kind: 'fence',
  load: fences.fenceById,
  scope: ({ areaCode }) => ({ areaCode, units: [] }),
}

/** The cell codes that all points of a ring share in front: the area a fence lies in. Undefined when a point is outside the city. */
async function areaOf(db: Db, ring: readonly (readonly [number, number])[]): Promise<string | undefined> {
  const locator = await locatorOf(db)
  let shared: string | undefined
  for (const [lon, lat] of ring) {
    const place = locator.placeOf({ lon, lat })
    if (isRefusal(place)) return undefined
    let [same, cell]: [number, string] = [0, place.cell]
    const known: string = shared ?? cell
    while (same < known.length && known[same] === cell[same]) same++
    shared = known.slice(0, same)
  }
  // Areas are named by 6, 9, 12 or 15 digits.
  return shared === undefined ? undefined : shared.slice(0, Math.max(0, Math.floor(shared.length / 3) * 3))
}

export const routes = [
  serveAbout(deviceTrack, deviceSubject, async ({ subject, query }, { db, actor, now, address }) => {
    const until = query.until ? new Date(query.until) : now
    const from = new Date(until.getTime() - query.hours * HOUR)
    if (carried.includes(subject.kind)) {
      const detail = { from: from.toISOString(), until: until.toISOString() }
      await addAudit(db, { actorId: actor.id, act: 'read-track', about: subject.id, result: 'done', address, detail })
    }
    const fixes = await fixesBetween(db, subject.handle, from, until)
    return {
      all: fixes.length,
      fixes: thinned(shapeOf(fixes, query.toleranceM).flat(), query.most).map(fixOut),
      gaps: gapsOf(fixes, from.getTime(), until.getTime()).map((g) => ({ from: iso(g.from), until: iso(g.until) })),
      stops: stopsOf(fixes).map((s) => ({ ...s, from: iso(s.from), until: iso(s.until) })),
      wayM: Math.round(wayM(fixes)),
    }
  }),

  serve(nearDevices, async ({ query }, { db, actor, address }) => {
    const wanted = { ...query, from: new Date(query.from), until: new Date(query.until) }
    const hours = (wanted.until.getTime() - wanted.from.getTime()) / HOUR
    if (!(hours > 0 && hours <= 24)) return refuse('sensing/time-too-long', { hours: 24 })
    const found = await near(db, wanted)
    const { rows } = await sql<{
      id: string
      handle: number
      kind: DeviceKind
      nameZh: string
      nameEn: string
      label: string | null
    }>`select d.id, d.handle, d.kind, d.name_zh as "nameZh", d.name_en as "nameEn", d.label from sensing.device d
      where d.handle = any(${found.map((f) => f.handle)}::int[]) and ${seen(actor)}`.execute(db)
    const known = new Map(rows.map((r) => [r.handle, r]))
    await addAudit(db, { actorId: actor.id, act: 'who-was-near', about: null, result: 'done', address, detail: query })
    return {
      devices: found.flatMap((f) => {
        const d = known.get(f.handle)
        if (!d) return []
        return {
          id: d.id,
          kind: d.kind,
          name: { 'zh-CN': d.nameZh, en: d.nameEn },
          label: d.label,
          nearestM: Math.round(f.nearestM),
          nearestAt: iso(f.nearestAt),
          from: iso(f.from),
          until: iso(f.until),
        }
      }),
    }
  }),

  serve(listFences, async (_, { db, actor }) => ({
    fences: (await fences.fencesSeen(db, seen(actor, sql`f.area_code`, sql`null`))).map((f) => ({
      id: f.id,
      name: { 'zh-CN': f.nameZh, en: f.nameEn },
      areaCode: f.areaCode,
      polygon: f.polygon,
      madeAt: f.madeAt.toISOString(),
      inside: f.inside,
    })),
  })),

  serve(addFence, async ({ body: { name, polygon } }, { db, actor, address }) => {
    const [outer = []] = polygon.coordinates
    const areaCode = await areaOf(db, outer)
    if (areaCode === undefined) return refuse('sensing/fence-outside', {})
    if (!permits(actor, 'sensing.manage-devices', { areaCode, units: [] }))
      return refuse('platform/not-allowed', { may: 'sensing.manage-devices' })
    const id = newId()
    await fences.addFence(db, { id, nameZh: name, nameEn: name, areaCode: areaCode || null, polygon, madeBy: actor.id })
    await addAudit(db, { actorId: actor.id, act: 'add-fence', about: id, result: 'done', address, detail: { name } })
    return { id }
  }),

  serveAbout(endFence, fenceSubject, async ({ subject }, { db, actor, now, address }) => {
    await fences.endFence(db, subject.id, now)
    await addAudit(db, { actorId: actor.id, act: 'end-fence', about: subject.id, result: 'done', address, detail: {} })
    return {}
  }),

  serveAbout(fenceStays, fenceSubject, async ({ subject, query }, { db, actor, now }) => ({
    stays: (
      await fences.staysOf(
        db,
        subject.id,
        new Date(query.from),
        new Date(query.until),
        seen(actor, sql`coalesce(p.area_code, d.area_code)`),
      )
    ).map((s) => ({
      deviceId: s.deviceId,
      name: { 'zh-CN': s.nameZh, en: s.nameEn },
      label: s.label,
      enteredAt: s.enteredAt.toISOString(),
      leftAt: s.leftAt?.toISOString() ?? null,
      dwellSeconds: Math.max(0, Math.round(((s.leftAt ?? now).getTime() - s.enteredAt.getTime()) / 1000)),
    })),
  })),
]
