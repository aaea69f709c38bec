/** Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): the doors that machines of other makers know. */
import { route } from '@pentad/platform/contract'
import { z } from 'zod'

const Format = z.object({ format: z.enum(['json', 'xml']) })
const replyType = 'application/json'
const common = { may: 'public', replyType, foreign: true, perMinute: 600 } as const

export const discovery = route({
  ...common,
  method: 'GET',
  path: '//open311/v2/discovery.:format',
  summary: 'Open311 discovery',
  params: Format,
})
export const services = route({
  ...common,
  method: 'GET',
  path: '//open311/v2/services.:format',
  summary: 'Open311 service list',
  params: Format,
})
export const service = route({
  ...common,
  method: 'GET',
  path: '//open311/v2/services/:file',
  summary: 'Open311 service definition',
  params: z.object({ file: z.string().max(40) }),
})
export const requests = route({
  ...common,
  method: 'GET',
  path: '//open311/v2/requests.:format',
  summary: 'Open311 service requests',
  params: Format,
  query: z.object({
    service_request_id: z.string().max(2000).optional(),
    service_code: z.string().max(400).optional(),
    start_date: z.iso.datetime({ offset: true }).optional(),
    end_date: z.iso.datetime({ offset: true }).optional(),
    status: z.enum(['open', 'closed', 'open,closed', 'closed,open']).optional(),
  }),
})
export const request = route({
  ...common,
  method: 'GET',
  path: '//open311/v2/requests/:file',
  summary: 'Open311 one service request',
  params: z.object({ file: z.string().max(40) }),
})

/** Accepts JSON and the form encoding of the specification. */
export const NewRequest = z.object({
  service_code: z.string().min(1).max(20),
  lat: z.coerce.number().min(-90).max(90),
  long: z.coerce.number().min(-180).max(180),
  description: z.string().max(4000).default(''),
  email: z.string().max(200).optional(),
  device_id: z.string().max(200).optional(),
  account_id: z.string().max(200).optional(),
  first_name: z.string().max(64).optional(),
  last_name: z.string().max(64).optional(),
  phone: z.string().max(32).optional(),
  media_url: z.string().max(2000).optional(),
  /** Ours, beside the specification: the caller's own number; the same number twice is the same request. */
  external_id: z.string().max(128).optional(),
})
export const addRequest = route({
  ...common,
  perMinute: 120,
  method: 'POST',
  path: '//open311/v2/requests.:format',
  summary: 'Open311 report a problem',
  params: Format,
  body: NewRequest,
})
/** The same without a format in the path; the answer is JSON. */
export const addRequestBare = route({
  ...common,
  perMinute: 120,
  method: 'POST',
  path: '//open311/v2/requests',
  summary: 'Open311 report a problem (JSON)',
  body: NewRequest,
})
