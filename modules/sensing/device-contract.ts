/** A device as lists show it. */
import { z } from 'zod'
import { deviceKinds, deviceStates } from './model.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const instant = z.iso.datetime()

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
