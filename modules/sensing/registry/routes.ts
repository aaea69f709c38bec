import { addAudit } from '@pentad/identity'
import { hashToken, newToken } from '@pentad/platform/crypto'
import { type Db, inTransaction } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { granted, isRefusal, refuse } from '@pentad/platform/refusal'
import { permits } from '@pentad/platform/rights'
import { type Context, serve, serveAbout, serveDirect } from '@pentad/platform/serve'
import { DAY, legalDayOf } from '@pentad/platform/time'
import { type DeviceLoad, placed, register } from '../devices.ts'
import { announceDevices } from '../ingest/heard.ts'
import { stateOf } from '../model.ts'
import type { DeviceRow } from '../queries/devices.ts'
import { deviceById, seen } from '../queries/index.ts'
import { deviceSubject, scopeOf } from '../subjects.ts'
import { deviceOut } from '../views.ts'
import {
  addCalibration,
  admitStranger,
  barStranger,
  bindDevice,
  changeDevice,
  deviceHealth,
  importDevices,
  issueAccount,
  listStrangers,
  peopleReached,
  readDevice,
  retireDevice,
  revokeAccount,
  unbindDevice,
} from './contract.ts'
import { healthOf } from './health.ts'
import { accountProtocols, importFrom } from './import.ts'
import {
  addBinding,
  addCalibrationRow,
  bearersAt,
  bindingOverlaps,
  bindingsOf,
  calibrationsOf,
  changeDeviceRow,
  dropAccount,
  endBinding,
  factsOf,
  forgetStranger,
  type HealthRow,
  healthRows,
  measuresOfDevice,
  personExists,
  profileOf,
  putAccount,
  rejectsByReason,
  setBarred,
  setRetired,
  strangersSeen,
} from './queries.ts'

const mostSilences = 300
const mostStrangers = 500
const rejectsLookBackDays = 7

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

/** What is done to a device stands in the audit, and the screens hear of it. */
async function noted(
  { db, actor, address, now }: Context,
  act: string,
  device: Pick<DeviceRow, 'id' | 'areaCode' | 'unitId' | 'kind' | 'lastHeard'>,
  detail: Record<string, unknown> = {},
): Promise<{ id: string }> {
  await addAudit(db, { actorId: actor.id, act, about: device.id, result: 'done', address, detail })
  await announceDevices(db, [device], stateOf(device.kind, device.lastHeard, now))
  return { id: device.id }
}

interface Said {
  name: string
  nameEn?: string | undefined
  label?: string | undefined
  unitId?: string | undefined
  description?: string | undefined
  nightPermit?: boolean | undefined
  lon?: number | undefined
  lat?: number | undefined
  crs?: DeviceLoad['crs']
}
const loadOf = (
  at: Pick<DeviceLoad, 'kind' | 'address' | 'protocol'>,
  { name, nameEn, ...rest }: Said,
): DeviceLoad => ({
  ...at,
  ...rest,
  nameZh: name,
  nameEn: nameEn ?? name,
})

async function bearersOf(db: Db, now: Date) {
  return new Map((await bearersAt(db, now)).map(({ deviceId, ...bearer }) => [deviceId, bearer]))
}
async function healthySeen({ db, actor, now }: Context) {
  const bearers = await bearersOf(db, now)
  return (await healthRows(db, seen(actor))).map((d: HealthRow) => ({ ...d, bearer: bearers.get(d.id) ?? null }))
}

export const registryRoutes = [
  serveAbout(readDevice, deviceSubject, async ({ subject }, { db, now }) => {
    const facts = granted(await factsOf(db, subject.id))
    return {
      ...deviceOut(subject, now),
      protocol: facts.protocol,
      description: facts.description,
      delivered: facts.delivered,
      registeredAt: facts.registeredAt.toISOString(),
      retired: iso(facts.retired),
      troubleSince: iso(facts.troubleSince),
      measures: (await measuresOfDevice(db, subject.id)).map(({ nameZh, nameEn, ...m }) => ({
        ...m,
        name: { 'zh-CN': nameZh, en: nameEn },
      })),
      bindings: (await bindingsOf(db, subject.id)).map((b) => ({
        ...b,
        from: b.from.toISOString(),
        until: iso(b.until),
      })),
      calibrations: await calibrationsOf(db, subject.id),
      account:
        facts.login !== null && facts.issuedAt ? { login: facts.login, issuedAt: facts.issuedAt.toISOString() } : null,
    }
  }),

  serveAbout(changeDevice, deviceSubject, async ({ subject, body }, context) => {
    const { db, actor } = context
    const profile = await profileOf(db, subject.id)
    const load = loadOf({ kind: subject.kind, address: subject.address, protocol: subject.protocol }, body)
    const device = await placed(db, { ...load, profile })
    if (isRefusal(device)) return device
    // It may not be moved to where one has no say.
    if (!permits(actor, 'sensing.manage-devices', scopeOf(device))) return refuse('sensing/not-yours')
    await changeDeviceRow(db, subject.id, device)
    return noted(
      context,
      'change-device',
      { ...subject, ...scopeRow(device) },
      { before: { ...subject }, after: { ...body } },
    )
  }),

  serveAbout(retireDevice, deviceSubject, async ({ subject, body: { retired } }, context) => {
    await setRetired(context.db, subject.id, retired ? context.now : null)
    if (retired) await endBinding(context.db, subject.id, context.now)
    return noted(context, retired ? 'retire-device' : 'reinstate-device', subject)
  }),

  serveAbout(bindDevice, deviceSubject, async ({ subject, body }, context) => {
    const { db, actor, now } = context
    if ((await factsOf(db, subject.id))?.retired) return refuse('sensing/retired')
    if (body.personId !== undefined && body.kind === 'person' && !(await personExists(db, body.personId)))
      return refuse('sensing/unknown-person')
    const binding = {
      id: newId(),
      deviceId: subject.id,
      handle: subject.handle,
      kind: body.kind,
      personId: body.kind === 'person' ? (body.personId ?? null) : null,
      target: body.kind === 'person' ? null : (body.name ?? null),
      from: body.from ? new Date(body.from) : now,
      until: body.until ? new Date(body.until) : null,
      by: actor.id,
      now,
    }
    const other = await bindingOverlaps(db, binding)
    if (other) return refuse('sensing/bound-already', { name: other.name, from: other.from.toISOString() })
    await addBinding(db, binding)
    return noted(context, 'bind-device', subject, { ...body })
  }),

  serveAbout(unbindDevice, deviceSubject, async ({ subject }, context) => {
    if (!(await endBinding(context.db, subject.id, context.now))) return refuse('sensing/not-bound')
    return noted(context, 'unbind-device', subject)
  }),

  serveAbout(addCalibration, deviceSubject, async ({ subject, body }, context) => {
    const { db, actor, now } = context
    const row = { ...body, laboratory: body.laboratory ?? null, id: newId(), deviceId: subject.id, by: actor.id, now }
    if (!(await addCalibrationRow(db, row)))
      return refuse('sensing/known-certificate', { certificate: body.certificate })
    return noted(context, 'calibrate-device', subject, { ...body })
  }),

  // By itself, since the reply of a command is kept with its key, and the token may be kept nowhere.
  serveDirect(issueAccount, deviceSubject, async ({ params: { id } }, context) => {
    const subject = await deviceById(context.db, id)
    if (!subject || !permits(context.actor, 'sensing.manage-devices', scopeOf(subject)))
      return refuse('platform/not-found')
    if (!accountProtocols.includes(subject.protocol))
      return refuse('sensing/no-account', { protocol: subject.protocol })
    const token = newToken()
    // The address itself where it can be one; a device asks for no more names than it must.
    const login = /^[A-Za-z0-9._-]{1,64}$/.test(subject.address) ? subject.address : `device-${subject.handle}`
    await inTransaction(context.db, async (db) => {
      await putAccount(db, {
        deviceId: subject.id,
        login,
        tokenHash: hashToken(token),
        by: context.actor.id,
        now: context.now,
      })
      await noted({ ...context, db }, 'issue-device-account', subject, { login })
    })
    return { login, token }
  }),

  serveAbout(revokeAccount, deviceSubject, async ({ subject }, context) => {
    await dropAccount(context.db, subject.id)
    return noted(context, 'revoke-device-account', subject)
  }),

  serve(importDevices, async ({ query: { trial }, file }, context) => {
    const { db, actor, address, say } = context
    const { faults, ...counts } = await importFrom(db, file, actor, trial)
    const written = !trial && faults.length === 0
    if (written)
      await addAudit(db, {
        actorId: actor.id,
        act: 'import-devices',
        about: '',
        result: 'done',
        address,
        detail: counts,
      })
    return {
      ...counts,
      trial: !written,
      faults: faults.map(({ line, code, details }) => ({ line, code, says: say(code, details) })),
    }
  }),

  serve(listStrangers, async (_, { db }) => ({
    strangers: (await strangersSeen(db, mostStrangers)).map((s) => ({
      ...s,
      firstAt: s.firstAt.toISOString(),
      lastAt: s.lastAt.toISOString(),
      barredAt: iso(s.barredAt),
    })),
  })),

  serve(admitStranger, async ({ body: { kind, protocol, address, ...said } }, context) => {
    const { db, actor } = context
    const device = await placed(db, loadOf({ kind, protocol, address }, said))
    if (isRefusal(device)) return device
    if (!permits(actor, 'sensing.manage-devices', scopeOf(device))) return refuse('sensing/not-yours')
    const id = await register(db, device)
    if (isRefusal(id)) return id
    await forgetStranger(db, protocol, address)
    return noted(context, 'admit-device', { ...device, id, lastHeard: null }, { kind, protocol, address })
  }),

  serve(barStranger, async ({ body: { protocol, address, barred } }, { db, actor, now, address: from }) => {
    if (!(await setBarred(db, { protocol, address, at: barred ? now : null, by: actor.id })))
      return refuse('sensing/no-stranger')
    const detail = { protocol, address, barred }
    await addAudit(db, { actorId: actor.id, act: 'bar-device', about: address, result: 'done', address: from, detail })
    return { barred }
  }),

  serve(deviceHealth, async (_, context) => {
    const { db, now } = context
    const devices = await healthySeen(context)
    const { silences, ...health } = healthOf(devices, now)
    const today = legalDayOf(now)
    return {
      at: now.toISOString(),
      ...health,
      silences: silences.slice(0, mostSilences).map(({ device: d, since, ...cost }) => ({
        id: d.id,
        kind: d.kind,
        name: { 'zh-CN': d.nameZh, en: d.nameEn },
        label: d.label,
        areaCode: d.areaCode,
        bearer: d.bearer,
        since: iso(since),
        ...cost,
      })),
      silent: silences.length,
      calibrationsOverdue: devices.filter((d) => d.calibratedUntil !== null && d.calibratedUntil < today).length,
      rejects: (await rejectsByReason(db, new Date(now.getTime() - rejectsLookBackDays * DAY))).map((r) => ({
        ...r,
        lastAt: r.lastAt.toISOString(),
      })),
    }
  }),

  serve(peopleReached, async (_, context) => {
    const people = new Map<string, { personId: string; name: string; devices: ReturnType<typeof reached>[] }>()
    for (const device of await healthySeen(context)) {
      const { bearer } = device
      if (!bearer?.personId) continue
      const there = people.get(bearer.personId) ?? { personId: bearer.personId, name: bearer.name, devices: [] }
      there.devices.push(reached(device, context.now))
      people.set(bearer.personId, there)
    }
    return { people: [...people.values()] }
  }),
]

const reached = (d: HealthRow, now: Date) => ({
  id: d.id,
  kind: d.kind,
  name: { 'zh-CN': d.nameZh, en: d.nameEn },
  state: stateOf(d.kind, d.lastHeard, now, d.trouble),
  since: iso(d.lastHeard),
})
const scopeRow = ({ areaCode, unitId }: Pick<DeviceRow, 'areaCode' | 'unitId'>) => ({ areaCode, unitId })
