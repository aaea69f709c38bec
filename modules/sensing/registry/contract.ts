/** The registry of devices: what is known of each, who carries it, whom it lets in, and how well the network is. */
import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { Device } from '../contract/parts.ts'
import { bearerKinds, coordinateSystems, deviceKinds, deviceStates, periods, protocols } from '../model.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()
const about = { about: 'device', params: z.object({ id: z.uuid() }) } as const
const words = z.string().trim().max(200)

const Bearer = z.object({ kind: z.enum(bearerKinds), personId: z.uuid().nullable(), name: z.string() })
const Binding = Bearer.extend({ id: z.uuid(), from: instant, until: instant.nullable() })
const Calibration = z.object({
  id: z.uuid(),
  on: z.iso.date(),
  until: z.iso.date(),
  certificate: z.string(),
  laboratory: z.string().nullable(),
})

export const DeviceWhole = Device.extend({
  protocol: z.enum(protocols),
  description: z.string(),
  /** Where it stands as that was delivered. */
  delivered: z.object({ crs: z.string(), x: z.number(), y: z.number() }).nullable(),
  registeredAt: instant,
  retired: instant.nullable(),
  troubleSince: instant.nullable(),
  measures: z.array(
    z.object({ id: z.number(), factor: z.string(), period: z.enum(periods), name: Text, unit: z.string() }),
  ),
  bindings: z.array(Binding),
  calibrations: z.array(Calibration),
  account: z.object({ login: z.string(), issuedAt: instant }).nullable(),
})

export const readDevice = route({
  method: 'GET',
  path: '/sensing/devices/:id',
  summary: '设备档案 All that is known of a device',
  may: 'sensing.read',
  ...about,
  reply: DeviceWhole,
})

const place = {
  lon: z.number().min(-180).max(180).optional(),
  lat: z.number().min(-90).max(90).optional(),
  crs: z.enum(coordinateSystems).optional(),
}
const said = {
  name: z.string().trim().min(1).max(80),
  nameEn: z.string().trim().min(1).max(80).optional(),
  label: z.string().trim().max(80).optional(),
  unitId: z.string().max(64).optional(),
  description: words.optional(),
  nightPermit: z.boolean().optional(),
  ...place,
}

export const changeDevice = route({
  method: 'PUT',
  path: '/sensing/devices/:id',
  summary: '变更设备档案 Change what is said of a device',
  may: 'sensing.manage-devices',
  ...about,
  body: z.object(said),
  reply: z.object({ id: z.uuid() }),
})

export const retireDevice = route({
  method: 'POST',
  path: '/sensing/devices/:id/retire',
  summary: '停用或恢复设备 Take a device out of use, or back',
  may: 'sensing.manage-devices',
  ...about,
  body: z.object({ retired: z.boolean() }),
  reply: z.object({ id: z.uuid() }),
})

export const bindDevice = route({
  method: 'POST',
  path: '/sensing/devices/:id/bindings',
  summary: '绑定人员、车辆或点位 Say who carries a device, from when to when',
  may: 'sensing.manage-devices',
  ...about,
  body: z
    .object({
      kind: z.enum(bearerKinds),
      personId: z.uuid().optional(),
      name: z.string().trim().min(1).max(80).optional(),
      from: instant.optional(),
      until: instant.optional(),
    })
    .refine((b) => (b.kind === 'person' ? b.personId !== undefined : b.name !== undefined), {
      message: 'a person by id, a vehicle or site by name',
      path: ['personId'],
    }),
  reply: z.object({ id: z.uuid() }),
})

export const unbindDevice = route({
  method: 'POST',
  path: '/sensing/devices/:id/unbind',
  summary: '解除绑定 End what binds a device now',
  may: 'sensing.manage-devices',
  ...about,
  body: z.object({}),
  reply: z.object({ id: z.uuid() }),
})

export const addCalibration = route({
  method: 'POST',
  path: '/sensing/devices/:id/calibrations',
  summary: '登记检定校准 Record a calibration',
  may: 'sensing.manage-devices',
  ...about,
  body: Calibration.omit({ id: true, laboratory: true })
    .extend({ certificate: z.string().trim().min(1).max(80), laboratory: z.string().trim().max(80).optional() })
    .refine((c) => c.until >= c.on, { message: 'until lies before the calibration', path: ['until'] }),
  reply: z.object({ id: z.uuid() }),
})

export const issueAccount = route({
  method: 'POST',
  path: '/sensing/devices/:id/account',
  summary: '发放设备账号 Give a device an account; its token is shown this once',
  may: 'sensing.manage-devices',
  ...about,
  body: z.object({}),
  reply: z.object({ login: z.string(), token: z.string() }),
})
export const revokeAccount = route({
  method: 'DELETE',
  path: '/sensing/devices/:id/account',
  summary: '收回设备账号 Take a device’s account away',
  may: 'sensing.manage-devices',
  ...about,
  reply: z.object({ id: z.uuid() }),
})

export const importDevices = route({
  method: 'POST',
  path: '/sensing/device-import',
  summary: '批量导入设备 Devices from a CSV file, first as a trial',
  may: 'sensing.manage-devices',
  query: z.object({ trial: z.stringbool().default(true) }),
  file: { types: ['text/csv'], maxBytes: 5_000_000 },
  reply: z.object({
    trial: z.boolean(),
    rows: z.number(),
    added: z.number(),
    changed: z.number(),
    same: z.number(),
    /** With one of these nothing is written. */
    faults: z.array(z.object({ line: z.number().nullable(), code: z.string(), says: z.string() })),
  }),
})

export const listStrangers = route({
  method: 'GET',
  path: '/sensing/strangers',
  summary: '待准入设备 Devices that spoke and are not registered',
  may: 'sensing.manage-devices',
  reply: z.object({
    strangers: z.array(
      z.object({
        protocol: z.enum(protocols),
        address: z.string(),
        firstAt: instant,
        lastAt: instant,
        frames: z.number(),
        barredAt: instant.nullable(),
      }),
    ),
  }),
})
const Stranger = z.object({ protocol: z.enum(protocols), address: z.string().min(1).max(64) })
export const admitStranger = route({
  method: 'POST',
  path: '/sensing/strangers/admit',
  summary: '准入设备 Register a device that knocked',
  may: 'sensing.manage-devices',
  body: Stranger.extend({ kind: z.enum(deviceKinds), ...said }),
  reply: z.object({ id: z.uuid() }),
})
export const barStranger = route({
  method: 'POST',
  path: '/sensing/strangers/bar',
  summary: '拒绝或解除拒绝 Bar a stranger, or let it knock again',
  may: 'sensing.manage-devices',
  body: Stranger.extend({ barred: z.boolean() }),
  reply: z.object({ barred: z.boolean() }),
})

export const deviceHealth = route({
  method: 'GET',
  path: '/sensing/health',
  summary: '感知网健康 How well the devices are, and what each silence costs',
  may: 'sensing.read',
  reply: z.object({
    at: instant,
    kinds: z.array(
      z.object({ kind: z.enum(deviceKinds), all: z.number(), counts: z.record(z.enum(deviceStates), z.number()) }),
    ),
    silences: z.array(
      z.object({
        id: z.uuid(),
        kind: z.enum(deviceKinds),
        name: Text,
        label: z.string().nullable(),
        areaCode: z.string().nullable(),
        bearer: Bearer.nullable(),
        state: z.enum(deviceStates),
        since: instant.nullable(),
        cellUnwatched: z.boolean(),
        communityUnwatched: z.boolean(),
        personUnreached: z.boolean(),
        share: z.number(),
      }),
    ),
    /** How many there are; the list ends after some hundred. */
    silent: z.number(),
    cellsUnwatched: z.number(),
    communitiesUnwatched: z.number(),
    personsUnreached: z.number(),
    calibrationsOverdue: z.number(),
    rejects: z.array(z.object({ protocol: z.string(), code: z.string(), count: z.number(), lastAt: instant })),
  }),
})

export const peopleReached = route({
  method: 'GET',
  path: '/sensing/people',
  summary: '人员与终端 Who is reached over which devices',
  may: 'sensing.read',
  reply: z.object({
    people: z.array(
      z.object({
        personId: z.uuid(),
        name: z.string(),
        devices: z.array(
          z.object({
            id: z.uuid(),
            kind: z.enum(deviceKinds),
            name: Text,
            state: z.enum(deviceStates),
            since: instant.nullable(),
          }),
        ),
      }),
    ),
  }),
})
