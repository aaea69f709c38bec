import { type Db, sql } from '@pentad/platform/db'

export interface ServiceRequestRow {
  code: string
  status: string
  classCode: string
  kind: string
  classZh: string
  classEn: string
  description: string
  unitZh: string | null
  requestedAt: Date
  updatedAt: Date
  due: Date | null
  placeZh: string
  lon: number
  lat: number
}

/** Reports that came over Open311, newest first. */
export const serviceRequests = async (
  db: Db,
  w: { codes: string[] | null; service: string | null; from: Date | null; to: Date | null; open: boolean | null },
): Promise<ServiceRequestRow[]> =>
  (
    await sql<ServiceRequestRow>`
      select r.code, c.status, c.class_code as "classCode", c.kind, k.name_zh as "classZh", k.name_en as "classEn", r.text as description,
        u.name_zh as "unitZh", r.at as "requestedAt", coalesce(e.recorded, r.recorded) as "updatedAt", f.due, f.place_zh as "placeZh", r.lon, r.lat
      from cases.api_report r
      join cases.api_newest n on n.id = r.case_id
      join cases.api_case c on c.id = n.newest_id
      join cases.api_case_place f on f.id = c.id
      join rulebook.api_any_class k on k.scheme = f.scheme and k.version = f.scheme_version and k.kind = c.kind and k.code = c.class_code
      left join identity.api_unit u on u.id = c.lead_unit_id
      left join lateral (select recorded from cases.api_event where case_id = c.id order by seq desc limit 1) e on true
      where (${w.codes}::text[] is null or r.code = any(${w.codes}::text[]))
        and (r.source = 'open311' or ${w.codes}::text[] is not null)
        and (${w.service}::text is null or c.kind || '-' || c.class_code = any(string_to_array(${w.service}, ',')))
        and (${w.from}::timestamptz is null or r.at >= ${w.from}) and (${w.to}::timestamptz is null or r.at <= ${w.to})
        and (${w.open}::boolean is null or (c.status not in ('closed', 'rejected', 'merged', 'voided', 'transferred')) = ${w.open})
      order by r.at desc limit 1000`.execute(db)
  ).rows
