import { route } from '@pentad/platform/contract'
import { Alarm, Curve, Device } from '@pentad/sensing/contract'
import { z } from 'zod'

const instant = z.iso.datetime()

/** Passive–active match: what sensors, vehicles and permits near a complaint say about it. */
export const sensedNearCase = route({
  method: 'GET',
  path: '/cases/:id/sensed',
  summary: '附近感知 What was sensed near a complaint about noise or dust',
  may: 'sensing.read',
  about: 'case',
  params: z.object({ id: z.uuid() }),
  query: z.object({ radiusM: z.coerce.number().int().min(50).max(2000).optional() }),
  reply: z.object({
    /** Null: sensors say nothing about such a class. */
    matter: z.enum(['noise', 'dust']).nullable(),
    radiusM: z.number(),
    from: instant,
    until: instant,
    sensors: z.array(z.object({ device: Device, distanceM: z.number(), curves: z.array(Curve) })),
    alarms: z.array(Alarm.extend({ distanceM: z.number() })),
    passes: z.array(
      z.object({
        device: Device,
        distanceM: z.number(),
        at: instant,
        from: instant,
        until: instant,
      }),
    ),
  }),
})

/** What was done on cases where a device was at that moment: marks on its replay. */
export const actsNearTrack = route({
  method: 'GET',
  path: '/cases/acts-near-track',
  summary: '轨迹附近的案件动作 Acts on cases near the way of a device',
  may: 'cases.read',
  query: z.object({
    device: z.uuid(),
    from: instant,
    until: instant,
    radiusM: z.coerce.number().int().min(20).max(1000).default(200),
  }),
  reply: z.object({
    acts: z.array(
      z.object({
        caseId: z.uuid(),
        no: z.string(),
        act: z.string(),
        at: instant,
        lon: z.number(),
        lat: z.number(),
        distanceM: z.number(),
      }),
    ),
  }),
})
