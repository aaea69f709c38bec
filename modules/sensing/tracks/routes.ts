import { locatorOf } from '@pentad/geography'
import { addAudit } from '@pentad/identity'
import { type Db, sql } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { permits } from '@pentad/platform/rights'
import { type SubjectKind, serve, serveAbout } from '@pentad/platform/serve'
import { HOUR } from '@pentad/platform/time'
import type { z } from 'zod'
import type { DeviceKind } from '../model.ts'
import { type DeviceRow, deviceById, seen } from '../queries/devices.ts'
import {
  addFence,
  changeFence,
  deviceStays,
  deviceTrack,
  endFence,
  type Fence,
  type FenceBody,
  fenceStays,
  listFences,
  nearDevices,
  readFence,
} from './contract.ts'
import * as fences from './fences/queries.ts'
import { closedRing, type Fix, gapsOf, holdsAt, latOf, lonOf, shapeOf, stopsOf, wayM } from './model/index.ts'
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

const fenceOut = (f: fences.FenceRow, now: Date): z.infer<typeof Fence> => ({
  id: f.id,
  name: { 'zh-CN': f.nameZh, en: f.nameEn },
  areaCode: f.areaCode,
  polygon: f.polygon,
  version: f.version,
  validFrom: f.validFrom?.toISOString() ?? null,
  validUntil: f.validUntil?.toISOString() ?? null,
  holds:
    f.endedAt === null &&
    holdsAt({ validFrom: f.validFrom?.getTime() ?? null, validUntil: f.validUntil?.getTime() ?? null }, now.getTime()),
  kinds: f.kinds as DeviceKind[],
  unitIds: f.unitIds,
  note: f.note,
  madeAt: f.madeAt.toISOString(),
  endedAt: f.endedAt?.toISOString() ?? null,
  inside: f.inside,
  rules: f.rules,
})

async function writtenFrom(
  db: Db,
  id: string,
  { name, nameEn = name, polygon, ...body }: z.infer<typeof FenceBody>,
): Promise<fences.FenceWritten | Refusal> {
  const rings = polygon.coordinates.map(closedRing)
  const [outer] = rings
  if (!outer || rings.some((r) => !r)) return refuse('sensing/fence-ring')
  const areaCode = await areaOf(db, outer)
  if (areaCode === undefined) return refuse('sensing/fence-outside', {})
  const validFrom = body.validFrom ? new Date(body.validFrom) : null
  const validUntil = body.validUntil ? new Date(body.validUntil) : null
  if (validFrom && validUntil && validFrom >= validUntil) return refuse('sensing/fence-time')
  return {
    ...{ id, nameZh: name, nameEn, areaCode: areaCode || null, validFrom, validUntil },
    ...{ kinds: body.kinds, unitIds: body.unitIds, note: body.note },
    polygon: { type: 'Polygon', coordinates: rings },
  }
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

  serve(listFences, async ({ query }, { db, actor, now }) => ({
    fences: (await fences.fencesSeen(db, seen(actor, sql`f.area_code`, sql`null`), query.ended)).map((f) =>
      fenceOut(f, now),
    ),
  })),

  serve(addFence, async ({ body }, { db, actor, now, address }) => {
    const written = await writtenFrom(db, newId(now.getTime()), body)
    if (isRefusal(written)) return written
    const { id, areaCode } = written
    if (!permits(actor, 'sensing.set-rules', { areaCode, units: [] }))
      return refuse('platform/not-allowed', { may: 'sensing.set-rules' })
    await fences.addFence(db, written, actor.id, now)
    const detail = { name: body.name }
    await addAudit(db, { actorId: actor.id, act: 'add-fence', about: id, result: 'done', address, detail })
    return { id }
  }),

  serveAbout(changeFence, fenceSubject, async ({ subject, body }, { db, actor, now, address }) => {
    if (subject.endedAt) return refuse('sensing/fence-ended')
    const written = await writtenFrom(db, subject.id, body)
    if (isRefusal(written)) return written
    if (!permits(actor, 'sensing.set-rules', { areaCode: written.areaCode, units: [] }))
      return refuse('platform/not-allowed', { may: 'sensing.set-rules' })
    await fences.changeFence(db, written, actor.id, now)
    const detail = { name: body.name, version: subject.version + 1 }
    await addAudit(db, { actorId: actor.id, act: 'change-fence', about: subject.id, result: 'done', address, detail })
    return { version: subject.version + 1 }
  }),

  serveAbout(readFence, fenceSubject, async ({ subject }, { db, now }) => ({
    fence: fenceOut(subject, now),
    editions: (await fences.editionsOf(db, subject.id)).map((e) => ({
      version: e.version,
      name: { 'zh-CN': e.nameZh, en: e.nameEn },
      polygon: e.polygon,
      validFrom: e.validFrom?.toISOString() ?? null,
      validUntil: e.validUntil?.toISOString() ?? null,
      kinds: e.kinds,
      note: e.note,
      writtenBy: e.writtenBy,
      writtenAt: e.writtenAt.toISOString(),
    })),
  })),

  serveAbout(endFence, fenceSubject, async ({ subject }, { db, actor, now, address }) => {
    const used = subject.rules.filter((r) => r.inForce).map((r) => r.id)
    if (used.length) return refuse('sensing/fence-in-use', { rules: used.join(', ') })
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

  serveAbout(deviceStays, deviceSubject, async ({ subject, query }, { db, actor, address }) => {
    const [from, until] = [new Date(query.from), new Date(query.until)]
    if (carried.includes(subject.kind))
      await addAudit(db, {
        ...{ actorId: actor.id, act: 'read-stays', about: subject.id, result: 'done', address },
        detail: { from: query.from, until: query.until },
      })
    const stays = await fences.staysOfDevice(db, subject.handle, from, until, seen(actor, sql`f.area_code`, sql`null`))
    return {
      stays: stays.map((s) => ({
        fenceId: s.fenceId,
        name: { 'zh-CN': s.nameZh, en: s.nameEn },
        enteredAt: s.enteredAt.toISOString(),
        leftAt: s.leftAt?.toISOString() ?? null,
      })),
    }
  }),
]
