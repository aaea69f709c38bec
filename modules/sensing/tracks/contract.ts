import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import { deviceKinds } from '../model.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()
const lon = z.number().min(-180).max(180)
const lat = z.number().min(-90).max(90)

/** Where a device was: fixes that say where, simplified; gaps apart, for a gap is not an absence. */
export const deviceTrack = route({
  method: 'GET',
  path: '/sensing/devices/:id/track',
  summary: '历史轨迹 Track of a device',
  may: 'sensing.read',
  about: 'device',
  params: z.object({ id: z.uuid() }),
  query: z.object({
    hours: z.coerce.number().positive().max(744).default(24),
    until: instant.optional(),
    /** Fixes nearer than this to the line between others are left out. */
    toleranceM: z.coerce.number().min(0).max(1000).default(0),
    /** Beyond so many every n-th is given, the first and the last always. */
    most: z.coerce.number().int().min(2).max(20_000).default(2000),
  }),
  reply: z.object({
    fixes: z.array(
      z.object({
        at: instant,
        lon: z.number(),
        lat: z.number(),
        speedKmh: z.number().nullable(),
        headingDeg: z.number().nullable(),
      }),
    ),
    /** How many there are in the store, those that say nothing of the place included. */
    all: z.number(),
    /** When nothing was heard for more than five minutes. */
    gaps: z.array(z.object({ from: instant, until: instant })),
    /** Where it stood for more than three minutes. */
    stops: z.array(z.object({ from: instant, until: instant, lon: z.number(), lat: z.number() })),
    wayM: z.number(),
  }),
})

/** Who was near a place, by their fixes. Each call is noted in the audit. */
export const nearDevices = route({
  method: 'GET',
  path: '/sensing/near',
  summary: '周边人车 Who was near a place',
  may: 'sensing.read',
  query: z.object({
    lon: z.coerce.number().pipe(lon),
    lat: z.coerce.number().pipe(lat),
    radiusM: z.coerce.number().min(5).max(2000).default(200),
    from: instant,
    until: instant,
  }),
  reply: z.object({
    devices: z.array(
      z.object({
        id: z.uuid(),
        kind: z.enum(deviceKinds),
        name: Text,
        label: z.string().nullable(),
        nearestM: z.number(),
        nearestAt: instant,
        from: instant,
        until: instant,
      }),
    ),
  }),
})

const Polygon = z.object({
  type: z.literal('Polygon'),
  coordinates: z
    .array(
      z
        .array(z.tuple([lon, lat]))
        .min(4)
        .max(500),
    )
    .min(1)
    .max(10),
})
export const Fence = z.object({
  id: z.uuid(),
  name: Text,
  areaCode: z.string().nullable(),
  polygon: Polygon,
  madeAt: instant,
  /** How many are inside now. */
  inside: z.number(),
})

export const listFences = route({
  method: 'GET',
  path: '/sensing/fences',
  summary: '电子围栏 Fences',
  may: 'sensing.read',
  query: z.object({}),
  reply: z.object({ fences: z.array(Fence) }),
})

export const addFence = route({
  method: 'POST',
  path: '/sensing/fences',
  summary: '划定围栏 Draw a fence',
  may: 'sensing.manage-devices',
  body: z.object({ name: z.string().min(1).max(80), polygon: Polygon }),
  reply: z.object({ id: z.uuid() }),
})

export const endFence = route({
  method: 'POST',
  path: '/sensing/fences/:id/end',
  summary: '撤销围栏 End a fence',
  may: 'sensing.manage-devices',
  about: 'fence',
  params: z.object({ id: z.uuid() }),
  reply: z.object({}),
})

export const fenceStays = route({
  method: 'GET',
  path: '/sensing/fences/:id/stays',
  summary: '围栏进出 Who was inside',
  may: 'sensing.read',
  about: 'fence',
  params: z.object({ id: z.uuid() }),
  query: z.object({ from: instant, until: instant }),
  reply: z.object({
    stays: z.array(
      z.object({
        deviceId: z.uuid(),
        name: Text,
        label: z.string().nullable(),
        enteredAt: instant,
        leftAt: instant.nullable(),
        /** So far, when it is still inside. */
        dwellSeconds: z.number(),
      }),
    ),
  }),
})
