/**
 * The matrix of rights, walked by itself: every registered route, every role, inside and outside the area and unit.
 * A new route enters it by being registered; a route about a kind of thing that has no sample here fails the test.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { permissionsOf, type Role, roles } from '@pentad/identity/model'
import { fullPath, isWrite, type Route } from '@pentad/platform/contract'
import { newId } from '@pentad/platform/id'
import type { Actor } from '@pentad/platform/rights'
import { testServer } from '@pentad/platform/testing'
import { describe, expect, test } from 'vitest'
import { intake } from '../../modules/cases/intake.ts'
import { insideCell, layTestCity, outsideCell, pointIn, rubble } from '../../modules/cases/testing.ts'
import { modules } from './modules.ts'
import { sampleComponents, sampleDevices, sampleEntries, sampleMany, sampleOrders } from './samples.ts'

const server = await testServer(modules)
const { db, base } = server
await layTestCity(db)
const routes = modules.flatMap((m) => m.routes ?? []).map((r) => r.contract)

const caseIn = async (cell: string): Promise<string> => {
  const now = new Date()
  const taken = await intake(db, {
    ...rubble,
    source: 'hotline',
    point: pointIn(cell),
    text: `matrix ${cell}`,
    at: now,
    now,
    actorId: 'matrix',
    original: {},
  })
  if ('refused' in taken) throw new Error(taken.refused)
  return taken.caseId
}
/** A thing of each kind, inside and outside of district 110101. */
const sampleCases = { inside: await caseIn(insideCell), outside: await caseIn(outsideCell) }
const samples: Record<string, { inside: string; outside: string }> = {
  case: sampleCases,
  ...(await sampleOrders(db, sampleCases, insideCell, outsideCell)),
  ...(await sampleComponents(
    db,
    { ...pointIn(insideCell), cell: insideCell },
    { ...pointIn(outsideCell), cell: outsideCell },
  )),
  ...(await sampleEntries(
    db,
    { ...pointIn(insideCell), cell: insideCell },
    { ...pointIn(outsideCell), cell: outsideCell },
  )),
  ...(await sampleMany(
    db,
    { ...pointIn(insideCell), cell: insideCell },
    { ...pointIn(outsideCell), cell: outsideCell },
  )),
  ...(await sampleDevices(
    db,
    { ...pointIn(insideCell), cell: insideCell },
    { ...pointIn(outsideCell), cell: outsideCell },
  )),
}

/** Each role with all of district 110101 and one unit in it. */
const actorOf = (role: Role): Actor => ({
  id: newId(),
  name: role,
  grants: [{ role, unitId: 'a-street', areas: ['110101'], units: ['a-street'], may: permissionsOf[role] }],
})

const sessions = new Map(roles.map((role) => [role, server.cookieOf(actorOf(role))]))

async function call(route: Route, cookie: string | undefined, id: string): Promise<{ status: number; text: string }> {
  const path = fullPath(route.path)
    .replace(':format', 'json')
    .replace(/:(\w+)/g, (_, name: string) => (name === 'id' ? id : name === 'photoId' ? newId() : 'XXXXXXXXXX'))
  const response = await fetch(`${base}${path}`, {
    method: route.method,
    headers: {
      ...(cookie ? { cookie } : {}),
      ...(isWrite(route.method) ? { 'idempotency-key': newId(), 'content-type': 'application/json' } : {}),
    },
    // Empty on purpose: who may not call is told so before the input is looked at, who may is told what is missing.
    ...(isWrite(route.method) ? { body: '{}' } : {}),
  })
  return { status: response.status, text: await response.text() }
}

const holds = (role: Role, { may }: Route): boolean =>
  may === 'public' || may === 'signed-in' || permissionsOf[role].includes(may)
/** Sign-out ends the session that the next routes need; what it needs is tested with sign-in. */
const walked = routes.filter((r) => !(r.path === '/session' && r.method === 'DELETE'))

describe.each(walked.map((r) => ({ name: `${r.method} ${fullPath(r.path)}`, route: r })))('$name', ({ route }) => {
  const sample = route.about ? samples[route.about] : { inside: newId(), outside: newId() }

  test('strangers are let in only where it is public', async () => {
    const { status } = await call(route, undefined, sample?.inside ?? '')
    if (route.may === 'public') expect([401, 403]).not.toContain(status)
    else expect(status).toBe(401)
  })

  test.each(roles)('%s: the post decides, and then the place', async (role) => {
    if (!sample) throw new Error(`no sample of a ${route.about}: add one to this test`)
    const inside = await call(route, sessions.get(role), sample.inside)
    if (!holds(role, route)) {
      expect(inside.status).toBe(403)
      return
    }
    expect([401, 403]).not.toContain(inside.status)
    if (!route.about) {
      for (const { outside } of Object.values(samples)) expect(inside.text).not.toContain(outside)
      return
    }
    if (route.may === 'public') return
    const about = route.about
    const seen = `${about} ${(await call(route, sessions.get(role), sample.outside)).status}`
    expect(seen).toBe(`${about} 404`)
    // What is inside is found; a 404 may still come from a part of the path that the sample does not have (a photo).
    if (!route.path.includes(':photoId')) expect(inside.status).not.toBe(404)
  })
})

test('the printed matrix of rights is fresh (PENTAD_WRITE=1 writes it)', () => {
  const cell = (role: Role, route: Route) =>
    holds(role, route) ? (route.may === 'public' || route.may === 'signed-in' ? '·' : '✓') : ''
  const rows = [...routes]
    .sort((a, b) => fullPath(a.path).localeCompare(fullPath(b.path)) || a.method.localeCompare(b.method))
    .map(
      (r) =>
        `| ${r.method} ${fullPath(r.path)} | ${r.may} | ${r.about ?? ''} | ${roles.map((role) => cell(role, r)).join(' | ')} |`,
    )
  const text = [
    '# Matrix of rights',
    '',
    'Written by the test that walks it over HTTP. `✓`: the role holds the permission; `·`: open to all (signed in). A route about a',
    'thing also needs its place or unit to be inside the membership; steps of a case name their own permission (docs/architecture.md).',
    '',
    `| route | may | about | ${roles.join(' | ')} |`,
    `|---|---|---|${roles.map(() => ':-:').join('|')}|`,
    ...rows,
    '',
  ].join('\n')
  const file = new URL('../../docs/rights.md', import.meta.url)
  if (process.env.PENTAD_WRITE) writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
})
