/** Shapes that several contracts of this module speak of. */
import { z } from 'zod'
import { deviceKinds, deviceStates } from '../model.ts'

export const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
export const instant = z.iso.datetime()

export const Device = z.object({
  id: z.uuid(),
  kind: z.enum(deviceKinds),
  /** MN of HJ 212, phone number of JT/T 808. */
  address: z.string(),
  name: Text,
  /** Plate of a vehicle, address of a site. */
  label: z.string().nullable(),
  unitId: z.string().nullable(),
  areaCode: z.string().nullable(),
  lon: z.number().nullable(),
  lat: z.number().nullable(),
  state: z.enum(deviceStates),
  lastHeard: instant.nullable(),
  nightPermit: z.boolean().nullable(),
})

export const Curve = z.object({
  factor: z.string(),
  unit: z.string(),
  /** Equivalent and maximum level of each minute; a minute without data is missing, never zero. */
  points: z.array(z.object({ at: instant, value: z.number(), max: z.number().nullable() })),
  limit: z.number().nullable(),
  maxLimit: z.number().nullable(),
})
