import { addAudit } from '@pentad/identity'
import { sql } from '@pentad/platform/db'
import { granted, isRefusal, refuse } from '@pentad/platform/refusal'
import { permits } from '@pentad/platform/rights'
import { serve, serveAbout } from '@pentad/platform/serve'
import { MINUTE } from '@pentad/platform/time'
import { nightsOf } from './alarms/queries/index.ts'
import { alarmRoutes } from './alarms/routes.ts'
import { commandRoutes } from './commands/routes.ts'
import { addDevice, countDevices, deviceCurve, listDevices, positionsIn, whoMoves } from './contract.ts'
import { coverageRoutes } from './coverage/routes.ts'
import { curvesOf } from './curve.ts'
import { placed, register } from './devices.ts'
import { keepingRoutes } from './keeping/routes.ts'
import { whoMove } from './live/queries.ts'
import { type DeviceState, deviceStates } from './model.ts'
import { limitsAt } from './noise/model/standard.ts'
import { devicesSeen, positionsInBox, seen, statesSeen } from './queries/index.ts'
import { registryRoutes } from './registry/routes.ts'
import { staRoutes } from './sta/routes.ts'
import { deviceSubject, scopeOf } from './subjects.ts'
import { routes as trackRoutes } from './tracks/routes.ts'
import { deviceOut } from './views.ts'

export { deviceSubject } from './subjects.ts'

export const routes = [
  ...registryRoutes,
  ...staRoutes,
  serve(listDevices, async ({ query }, { db, actor, now }) => ({
    devices: (await devicesSeen(db, actor, query.kind ?? null, query.retired)).map((d) => deviceOut(d, now)),
  })),

  serve(countDevices, async (_, { db, actor, now }) => {
    const found = await statesSeen(db, actor, now)
    return {
      states: Object.fromEntries(deviceStates.map((s) => [s, found.get(s) ?? 0])) as Record<DeviceState, number>,
    }
  }),

  serve(addDevice, async ({ body }, { db, actor, address }) => {
    const { name, nameEn = name, ...load } = body
    const device = await placed(db, { ...load, nameZh: name, nameEn })
    if (isRefusal(device)) return device
    if (!permits(actor, 'sensing.manage-devices', scopeOf(device)))
      return refuse('platform/not-allowed', { may: 'sensing.manage-devices' })
    const id = granted(await register(db, device))
    const detail = { kind: device.kind, address: device.address }
    await addAudit(db, { actorId: actor.id, act: 'add-device', about: id, result: 'done', address, detail })
    return { id }
  }),

  serve(positionsIn, async ({ query }, { db, actor }) => ({
    positions: (await positionsInBox(db, actor, query)).map((p) => ({
      deviceId: p.deviceId,
      handle: p.handle,
      kind: p.kind,
      name: { 'zh-CN': p.nameZh, en: p.nameEn },
      label: p.label,
      lon: p.lon,
      lat: p.lat,
      headingDeg: p.headingDeg,
      speedKmh: p.speedKmh,
      at: p.at.toISOString(),
    })),
  })),

  serve(whoMoves, async ({ query }, { db, actor }) => {
    const wanted = {
      handles: query.handles?.split(',').map(Number) ?? [],
      ids: query.ids?.split(',') ?? [],
    }
    return {
      moving: (await whoMove(db, wanted, seen(actor, sql`coalesce(p.area_code, d.area_code)`))).map((w) => ({
        handle: w.handle,
        deviceId: w.id,
        kind: w.kind,
        name: { 'zh-CN': w.nameZh, en: w.nameEn },
        label: w.label,
        lon: w.lon,
        lat: w.lat,
        at: w.at.toISOString(),
      })),
    }
  }),

  serveAbout(deviceCurve, deviceSubject, async ({ subject, query }, { db, now }) => {
    const until = query.until ? new Date(query.until) : now
    const from = new Date(until.getTime() - query.minutes * MINUTE)
    return { curves: await curvesOf(db, subject.id, { from, until, limits: limitsAt(until, await nightsOf(db)) }) }
  }),

  ...alarmRoutes,
  ...commandRoutes,
  ...coverageRoutes,
  ...keepingRoutes,
  ...trackRoutes,
]
