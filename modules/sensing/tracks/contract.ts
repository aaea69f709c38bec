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
    /** When nothing said for more than five minutes where it was. */
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
const Name = z.string().trim().min(1).max(80)
export const FenceBody = z.object({
  name: Name,
  nameEn: z.string().trim().min(1).max(120).optional(),
  polygon: Polygon,
  /** When it holds; without an end where left out. */
  validFrom: instant.nullable().default(null),
  validUntil: instant.nullable().default(null),
  /** Whom it concerns: empty means all that move. */
  kinds: z.array(z.enum(deviceKinds)).max(20).default([]),
  unitIds: z.array(z.string().min(1).max(64)).max(50).default([]),
  note: z.string().trim().max(400).default(''),
})
export const Fence = z.object({
  id: z.uuid(),
  name: Text,
  areaCode: z.string().nullable(),
  polygon: Polygon,
  version: z.number(),
  validFrom: instant.nullable(),
  validUntil: instant.nullable(),
  /** Holds now: within its time and not ended. */
  holds: z.boolean(),
  kinds: z.array(z.enum(deviceKinds)),
  unitIds: z.array(z.string()),
  note: z.string(),
  madeAt: instant,
  endedAt: instant.nullable(),
  /** How many are inside now. */
  inside: z.number(),
  /** Alarm rules that go by it. */
  rules: z.array(z.object({ id: z.string(), name: Text, inForce: z.boolean() })),
})

export const listFences = route({
  method: 'GET',
  path: '/sensing/fences',
  summary: '电子围栏 Fences',
  may: 'sensing.read',
  query: z.object({ ended: z.stringbool().default(false) }),
  reply: z.object({ fences: z.array(Fence) }),
})

export const addFence = route({
  method: 'POST',
  path: '/sensing/fences',
  summary: '划定围栏 Draw a fence',
  may: 'sensing.set-rules',
  body: FenceBody,
  reply: z.object({ id: z.uuid() }),
})

/** A new text; the one before stays readable, and the stays go on. */
export const changeFence = route({
  method: 'POST',
  path: '/sensing/fences/:id',
  summary: '修改围栏 Change a fence',
  may: 'sensing.set-rules',
  about: 'fence',
  params: z.object({ id: z.uuid() }),
  body: FenceBody,
  reply: z.object({ version: z.number() }),
})

export const readFence = route({
  method: 'GET',
  path: '/sensing/fences/:id',
  summary: '围栏及其历次修改 A fence and its earlier texts',
  may: 'sensing.read',
  about: 'fence',
  params: z.object({ id: z.uuid() }),
  reply: z.object({
    fence: Fence,
    editions: z.array(
      z.object({
        version: z.number(),
        name: Text,
        polygon: Polygon,
        validFrom: instant.nullable(),
        validUntil: instant.nullable(),
        kinds: z.array(z.string()),
        note: z.string(),
        writtenBy: z.string(),
        writtenAt: instant,
      }),
    ),
  }),
})

export const endFence = route({
  method: 'POST',
  path: '/sensing/fences/:id/end',
  summary: '撤销围栏 End a fence',
  may: 'sensing.set-rules',
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

/** In which fences a device was: marks on its replay. */
export const deviceStays = route({
  method: 'GET',
  path: '/sensing/devices/:id/stays',
  summary: '设备进出围栏 In which fences a device was',
  may: 'sensing.read',
  about: 'device',
  params: z.object({ id: z.uuid() }),
  query: z.object({ from: instant, until: instant }),
  reply: z.object({
    stays: z.array(z.object({ fenceId: z.uuid(), name: Text, enteredAt: instant, leftAt: instant.nullable() })),
  }),
})
