import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { Curve, Device, instant, Text } from './contract/parts.ts'
import { coordinateSystems, deviceKinds, deviceStates, protocols } from './model.ts'

export * from './alarms/contract.ts'
export * from './commands/contract.ts'
export { Curve, Device } from './contract/parts.ts'
export * from './coverage/contract.ts'
export * from './keeping/contract.ts'
export * from './registry/contract.ts'

export * from './tracks/contract.ts'

const box = { west: z.coerce.number(), south: z.coerce.number(), east: z.coerce.number(), north: z.coerce.number() }

export const listDevices = route({
  method: 'GET',
  path: '/sensing/devices',
  summary: '设备 Devices and their state',
  may: 'sensing.read',
  query: z.object({
    kind: z.enum(deviceKinds).optional(),
    /** Those out of use instead of those in use. */
    retired: z.stringbool().default(false),
  }),
  reply: z.object({ devices: z.array(Device) }),
})

/** How many devices are in which state: what a line at the foot of each page asks. */
export const countDevices = route({
  method: 'GET',
  path: '/sensing/device-states',
  summary: '设备状态统计 How many devices are in which state',
  may: 'sensing.read',
  reply: z.object({ states: z.record(z.enum(deviceStates), z.number()) }),
})

export const addDevice = route({
  method: 'POST',
  path: '/sensing/devices',
  summary: '登记设备 Register a device',
  may: 'sensing.manage-devices',
  body: z.object({
    kind: z.enum(deviceKinds),
    address: z.string().min(1).max(64),
    name: z.string().min(1).max(80),
    label: z.string().max(80).optional(),
    unitId: z.string().max(64).optional(),
    lon: z.number().optional(),
    lat: z.number().optional(),
    nightPermit: z.boolean().optional(),
    nameEn: z.string().trim().min(1).max(80).optional(),
    protocol: z.enum(protocols).optional(),
    /** The system of `lon` and `lat`. */
    crs: z.enum(coordinateSystems).optional(),
    description: z.string().max(200).optional(),
  }),
  reply: z.object({ id: z.uuid() }),
})

/** Latest positions in a box. Live changes come over `/api/live` as binary frames (`platform/picture.ts`). */
export const positionsIn = route({
  method: 'GET',
  path: '/sensing/positions',
  summary: '实时位置 Latest positions in view',
  may: 'sensing.read',
  query: z.object(box),
  reply: z.object({
    positions: z.array(
      z.object({
        deviceId: z.uuid(),
        /** Short number of the device in live frames. */
        handle: z.number(),
        kind: z.enum(deviceKinds),
        name: Text,
        label: z.string().nullable(),
        lon: z.number(),
        lat: z.number(),
        headingDeg: z.number().nullable(),
        speedKmh: z.number().nullable(),
        at: instant,
      }),
    ),
  }),
})

const commaList = (of: RegExp) => z.string().regex(of).optional()
/** Frames of the live picture say handles; this says who they are. */
export const whoMoves = route({
  method: 'GET',
  path: '/sensing/moving',
  summary: '移动对象 Who it is that moves, by the handles of the live picture or by device',
  may: 'sensing.read',
  query: z.object({
    handles: commaList(/^\d{1,10}(,\d{1,10}){0,299}$/),
    ids: commaList(/^[0-9a-f-]{36}(,[0-9a-f-]{36}){0,99}$/),
  }),
  reply: z.object({
    moving: z.array(
      z.object({
        handle: z.number(),
        deviceId: z.uuid(),
        kind: z.enum(deviceKinds),
        name: Text,
        label: z.string().nullable(),
        lon: z.number(),
        lat: z.number(),
        at: instant,
      }),
    ),
  }),
})

export const deviceCurve = route({
  method: 'GET',
  path: '/sensing/devices/:id/curve',
  summary: '监测曲线 Curve of a device',
  may: 'sensing.read',
  about: 'device',
  params: z.object({ id: z.uuid() }),
  query: z.object({ minutes: z.coerce.number().int().min(1).max(1440).default(120), until: instant.optional() }),
  reply: z.object({ curves: z.array(Curve) }),
})
