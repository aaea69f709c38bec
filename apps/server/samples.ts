/** Things of the modules to try rights on. */
import type { Db } from '@pentad/platform/db'
import { sql } from '@pentad/platform/db'
import { toMetres } from '@pentad/platform/geo'
import { newId } from '@pentad/platform/id'
import { loadDevices } from '@pentad/sensing'

export interface Sample {
  inside: string
  outside: string
}
interface Point {
  lon: number
  lat: number
}

/** A noise monitor at each of two places, an open alarm of each, and a fence. */
export async function sampleDevices(
  db: Db,
  inside: Point & { cell: string },
  outside: Point & { cell: string },
): Promise<{ device: Sample; alarm: Sample; fence: Sample }> {
  const monitor = (address: string, point: Point) => ({
    kind: 'noise_monitor' as const,
    address,
    nameZh: address,
    nameEn: address,
    ...point,
  })
  await loadDevices(db, [monitor('MATRIXINSIDE000000000001', inside), monitor('MATRIXOUTSIDE00000000001', outside)])
  const idOf = async (address: string): Promise<string> => {
    const { rows } = await sql<{ id: string }>`select id from sensing.device where address = ${address}`.execute(db)
    return rows[0]?.id ?? ''
  }
  const device = { inside: await idOf('MATRIXINSIDE000000000001'), outside: await idOf('MATRIXOUTSIDE00000000001') }
  const alarmOf = async (deviceId: string): Promise<string> => {
    const id = newId()
    await sql`insert into sensing.alarm (id, rule, level, device_id, raised_at, peak, limit_value, unit, standard)
      values (${id}, 'noise-leq', 'alarm', ${deviceId}, now(), 75, 70, 'dB(A)', 'GB 12523-2011')`.execute(db)
    return id
  }
  const fenceIn = async ({ cell, lon, lat }: Point & { cell: string }): Promise<string> => {
    const id = newId()
    const ring = [
      [lon, lat],
      [lon + 1e-5, lat],
      [lon, lat + 1e-5],
      [lon, lat],
    ]
    await sql`insert into sensing.fence (id, name_zh, name_en, area_code, polygon, made_by) values (${id}, 'matrix', 'matrix', ${cell},
      ${JSON.stringify({ type: 'Polygon', coordinates: [ring] })}, 'matrix')`.execute(db)
    return id
  }
  const fence = { inside: await fenceIn(inside), outside: await fenceIn(outside) }
  return { device, fence, alarm: { inside: await alarmOf(device.inside), outside: await alarmOf(device.outside) } }
}

/** A component at each of two places, and a census brought for the area of each. */
export async function sampleComponents(
  db: Db,
  inside: Point & { cell: string },
  outside: Point & { cell: string },
): Promise<{ component: Sample; census: Sample }> {
  const edition = newId()
  const person = newId()
  await sql`insert into geography.edition (id, at, kind) values (${edition}, now(), 'census')`.execute(db)
  await sql`insert into identity.person (id, login, name_zh, name_en, password)
    values (${person}, 'matrix-census', '矩阵', 'Matrix', 'none')`.execute(db)
  const componentAt = async ({ cell, lon, lat }: Point & { cell: string }): Promise<string> => {
    const id = `${cell.slice(0, 6)}0137000001`
    const { xM, yM } = toMetres([lon, lat])
    await sql`insert into geography.component (id, name, cell_code, lon, lat, xy, state, first_edition, edition)
      values (${id}, 'matrix', ${cell}, ${lon}, ${lat}, point(${xM}, ${yM}), 'intact', ${edition}, ${edition})`.execute(
      db,
    )
    return id
  }
  const censusOf = async (cell: string): Promise<string> => {
    const id = newId()
    await sql`insert into geography.census (id, file, sha256, bytes, covers, areas, by_person, arrived)
      values (${id}, 'matrix.csv', 'none', 1, 'changes', ${[cell.slice(0, 6)]}, ${person}, now())`.execute(db)
    return id
  }
  return {
    component: { inside: await componentAt(inside), outside: await componentAt(outside) },
    census: { inside: await censusOf(inside.cell), outside: await censusOf(outside.cell) },
  }
}

/** An entry of a ledger at each of two places. */
export async function sampleEntries(
  db: Db,
  inside: Point & { cell: string },
  outside: Point & { cell: string },
): Promise<{ 'ledger-entry': Sample }> {
  const title = { 'zh-CN': '矩阵', en: 'Matrix' }
  const schema = {
    id: 'matrix-ledger',
    title,
    says: title,
    major: title,
    subject: 'place',
    proposal: false,
    fields: [
      { key: 'name', title, type: 'text', required: true, dataClass: 'public' },
      { key: 'place', title, type: 'point', required: false, dataClass: 'public' },
    ],
    states: [{ key: 'open', title, tone: 'ok', terminal: false }],
    transitions: [],
    titleTemplate: '{name}',
    read: [],
    write: [],
    keeper: null,
    updateDays: 30,
  }
  await sql`insert into inspection.ledger (id, version, origin) values (${schema.id}, 1, 'desk')`.execute(db)
  await sql`insert into inspection.ledger_version (ledger_id, version, schema, published_at)
    values (${schema.id}, 1, ${JSON.stringify(schema)}::jsonb, now())`.execute(db)
  const entryAt = async ({ lon, lat, cell }: Point & { cell: string }): Promise<string> => {
    const id = newId()
    await sql`insert into inspection.entry (id, ledger_id, version, no, title, words, values, state, lon, lat, xy, area_code, created_at, changed_at)
      values (${id}, ${schema.id}, 1, ${id}, 'matrix', 'matrix', '{"name": "matrix"}', 'open', ${lon}, ${lat}, point(0, 0), ${cell}, now(), now())`.execute(
      db,
    )
    return id
  }
  return { 'ledger-entry': { inside: await entryAt(inside), outside: await entryAt(outside) } }
}

/** A package, a meeting and a black spot at each of two places. */
export async function sampleMany(
  db: Db,
  inside: Point & { cell: string },
  outside: Point & { cell: string },
): Promise<{ 'case-package': Sample; 'case-meeting': Sample; 'hung-item': Sample }> {
  const packageAt = async ({ cell }: Point & { cell: string }): Promise<string> => {
    const id = newId()
    await sql`insert into cases.package (id, no, title, lead_unit_id, due, area_code, created_by, created_at)
      values (${id}, ${id}, 'matrix', 'b-street', now(), ${cell}, 'matrix', now())`.execute(db)
    return id
  }
  const meetingAt = async ({ cell }: Point & { cell: string }): Promise<string> => {
    const id = newId()
    await sql`insert into cases.meeting (id, no, kind, title, held_at, area_code, created_by, created_at)
      values (${id}, ${id}, 'joint', 'matrix', now(), ${cell}, 'matrix', now())`.execute(db)
    return id
  }
  const hungAt = async ({ cell, lon, lat }: Point & { cell: string }): Promise<string> => {
    const id = newId()
    const { xM, yM } = toMetres([lon, lat])
    await sql`insert into cases.hung_item (id, no, level, lon, lat, xy, area_code, problem, unit_id, due, passes_needed, days_needed, hung_at, created_by)
      values (${id}, ${id}, 'district', ${lon}, ${lat}, point(${xM}, ${yM}), ${cell}, 'matrix', 'b-street', now(), 3, 14, now(), 'matrix')`.execute(
      db,
    )
    return id
  }
  return {
    'case-package': { inside: await packageAt(inside), outside: await packageAt(outside) },
    'case-meeting': { inside: await meetingAt(inside), outside: await meetingAt(outside) },
    'hung-item': { inside: await hungAt(inside), outside: await hungAt(outside) },
  }
}

/** A supervision order that waits for an answer, about each of two cases. */
export async function sampleOrders(db: Db, cases: Sample, inside: string, outside: string): Promise<{ order: Sample }> {
  const orderAbout = async (caseId: string, cell: string): Promise<string> => {
    const id = newId()
    await sql`insert into cases.paper (id, no, kind, state, case_id, area_code, text, issued_by, issued_at, reply_due)
      values (${id}, ${id}, 'supervision', 'open', ${caseId}, ${cell}, 'matrix', 'matrix', now(), now() + interval '1 day')`.execute(
      db,
    )
    return id
  }
  return {
    order: { inside: await orderAbout(cases.inside, inside), outside: await orderAbout(cases.outside, outside) },
  }
}
