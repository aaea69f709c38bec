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
