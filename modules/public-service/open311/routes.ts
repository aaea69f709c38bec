import { intake } from '@pentad/cases'
import { isOpen, type Status } from '@pentad/cases/model'
import { granted, isRefusal, refuse } from '@pentad/platform/refusal'
import { type Context, type Raw, raw, serve } from '@pentad/platform/serve'
import { classesInForce } from '@pentad/rulebook'
import { type Kind, kinds } from '@pentad/rulebook/model'
import type { z } from 'zod'
import { type ServiceRequestRow, serviceRequests } from '../queries.ts'
import {
  addRequest,
  addRequestBare,
  discovery,
  type NewRequest,
  request,
  requests,
  service,
  services,
} from './contract.ts'
import { xml } from './xml.ts'

type Format = 'json' | 'xml'
const reply = (format: Format, root: string, item: string, rows: readonly object[], status = 200): Raw =>
  format === 'json'
    ? raw({ raw: JSON.stringify(rows), type: 'application/json; charset=utf-8', status })
    : raw({ raw: xml(root, item, rows), type: 'application/xml; charset=utf-8', status })

/** `event-0111`: a code means nothing without its kind. */
const serviceCode = (kind: string, code: string) => `${kind}-${code}`
function classOf(code: string): { kind: Kind; classCode: string } | undefined {
  const [kind, classCode] = code.split('-')
  const known = kinds.find((k) => k === kind)
  return known && classCode ? { kind: known, classCode } : undefined
}

async function serviceList({ db, language }: Context) {
  const classes = await classesInForce(db)
  const majors = new Map(classes.filter((c) => c.parentCode === null).map((c) => [`${c.kind}${c.code}`, c]))
  return classes
    .filter((c) => c.parentCode !== null)
    .map((c) => {
      const major = majors.get(`${c.kind}${c.parentCode}`)
      return {
        service_code: serviceCode(c.kind, c.code),
        service_name: language === 'en' ? c.nameEn : c.nameZh,
        description: language === 'en' ? c.nameZh : c.nameEn,
        metadata: false,
        type: 'realtime',
        keywords: c.words.join(', '),
        group: (language === 'en' ? major?.nameEn : major?.nameZh) ?? '',
      }
    })
}

const requestOut = (r: ServiceRequestRow) => ({
  service_request_id: r.code,
  status: isOpen(r.status as Status) ? 'open' : 'closed',
  status_notes: null,
  service_name: r.classZh,
  service_code: serviceCode(r.kind, r.classCode),
  description: r.description,
  agency_responsible: r.unitZh,
  requested_datetime: r.requestedAt.toISOString(),
  updated_datetime: r.updatedAt.toISOString(),
  expected_datetime: r.due?.toISOString() ?? null,
  address: r.placeZh,
  lat: r.lat,
  long: r.lon,
})

/** Errors in the specification's own form, a list of `code` and `description`. */
async function added(format: Format, body: z.output<typeof NewRequest>, { db, now, actor }: Context) {
  const cls = classOf(body.service_code)
  if (!cls) return refuse('rulebook/unknown-class', { kind: '', code: body.service_code })
  const name = [body.last_name, body.first_name].filter(Boolean).join('')
  const taken = await intake(db, {
    ...cls,
    source: 'open311',
    sourceNo: body.external_id,
    point: { lon: body.long, lat: body.lat },
    text: body.media_url ? `${body.description}\n${body.media_url}`.trim() : body.description,
    reporter: { name: name || undefined, phone: body.phone ?? body.email },
    at: now,
    now,
    actorId: actor.id,
    original: body,
  })
  if (isRefusal(taken)) return taken
  const made = { service_request_id: taken.code, service_notice: '', account_id: body.account_id ?? null }
  return reply(format, 'service_requests', 'request', [made], 201)
}

const fileAndFormat = (file: string): { name: string; format: Format } =>
  file.endsWith('.xml')
    ? { name: file.slice(0, -4), format: 'xml' }
    : { name: file.replace(/\.json$/, ''), format: 'json' }

export const routes = [
  serve(discovery, async ({ params }) =>
    reply(params.format, 'discoveries', 'discovery', [
      {
        contact: 'Pentad',
        key_service: '',
        endpoints: [
          {
            specification: 'http://wiki.open311.org/GeoReport_v2',
            url: '/open311/v2',
            type: 'production',
            formats: ['application/json', 'application/xml'],
          },
        ],
      },
    ]),
  ),
  serve(services, async ({ params }, context) =>
    reply(params.format, 'services', 'service', await serviceList(context)),
  ),
  serve(service, async ({ params }, context) => {
    const { name, format } = fileAndFormat(params.file)
    const found = (await serviceList(context)).filter((s) => s.service_code === name)
    granted(found[0])
    return reply(format, 'service_definition', 'service', [{ service_code: name, attributes: [] }])
  }),
  serve(requests, async ({ params, query }, { db }) => {
    const date = (text: string | undefined) => (text ? new Date(text) : null)
    const rows = await serviceRequests(db, {
      codes: query.service_request_id?.split(',') ?? null,
      service: query.service_code ?? null,
      from: date(query.start_date),
      to: date(query.end_date),
      open: query.status === 'open' ? true : query.status === 'closed' ? false : null,
    })
    return reply(params.format, 'service_requests', 'request', rows.map(requestOut))
  }),
  serve(request, async ({ params }, { db }) => {
    const { name, format } = fileAndFormat(params.file)
    const rows = await serviceRequests(db, { codes: [name], service: null, from: null, to: null, open: null })
    granted(rows[0])
    return reply(format, 'service_requests', 'request', rows.map(requestOut))
  }),
  serve(addRequest, async ({ params, body }, context) => added(params.format, body, context)),
  serve(addRequestBare, async ({ body }, context) => added('json', body, context)),
]
