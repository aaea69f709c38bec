import { addAudit } from '@pentad/identity'
import { newId } from '@pentad/platform/id'
import { refuse } from '@pentad/platform/refusal'
import { permits } from '@pentad/platform/rights'
import { serveAbout } from '@pentad/platform/serve'
import { MINUTE } from '@pentad/platform/time'
import type { z } from 'zod'
import { factsOf } from '../registry/queries.ts'
import { deviceSubject, scopeOf } from '../subjects.ts'
import { announceCommand } from './announce.ts'
import { askCommand, cancelCommand, type DeviceTalk, listCommands, readTalk, setTalk } from './contract.ts'
import { changesDevice, commandsOf, expiresAfterMinutes, faultOf } from './model/index.ts'
import { addCommand, cancelQueued, commandsOfDevice, countWaiting, profileAt, saveTalk } from './queries.ts'
import { talkOf } from './talk.ts'

/** Of one device: whoever asks for more has forgotten that nobody answers. */
const mostWaiting = 20

export const commandRoutes = [
  serveAbout(listCommands, deviceSubject, async ({ subject, query: { most } }, { db }) => ({
    kinds: [...commandsOf[subject.protocol]],
    commands: (await commandsOfDevice(db, subject.id, most)).map(({ askedBy, askedName, ...c }) => ({
      ...c,
      askedBy: c.cause === 'person' ? (askedName ?? askedBy) : null,
      askedAt: c.askedAt.toISOString(),
      expiresAt: c.expiresAt.toISOString(),
      sentAt: c.sentAt?.toISOString() ?? null,
      acceptedAt: c.acceptedAt?.toISOString() ?? null,
      endedAt: c.endedAt?.toISOString() ?? null,
    })),
  })),

  serveAbout(askCommand, deviceSubject, async ({ subject, body }, { db, actor, now, address }) => {
    const { reason, expiresInMinutes, ...said } = body
    const fault = faultOf(subject.protocol, said, now)
    if (fault) return refuse(fault.code, fault.detail)
    if (changesDevice(said.kind) && !permits(actor, 'sensing.manage-devices', scopeOf(subject)))
      return refuse('platform/not-allowed', { may: 'sensing.manage-devices' })
    if ((await factsOf(db, subject.id))?.retired) return refuse('sensing/retired')
    if ((await countWaiting(db, subject.id)) >= mostWaiting)
      return refuse('sensing/too-many-commands', { most: mostWaiting })
    const { kind, ...parameters } = said
    const id = newId()
    const minutes = expiresInMinutes ?? expiresAfterMinutes(kind)
    await addCommand(db, {
      id,
      deviceId: subject.id,
      kind,
      parameters,
      cause: 'person',
      reason,
      by: actor.id,
      at: now,
      expiresAt: new Date(now.getTime() + minutes * MINUTE),
    })
    const detail = { command: id, kind, parameters, reason }
    await addAudit(db, { actorId: actor.id, act: 'command-device', about: subject.id, result: 'done', address, detail })
    const { areaCode, unitId } = subject
    await announceCommand(db, { id, deviceId: subject.id, state: 'queued', areaCode, unitId })
    return { id }
  }),

  serveAbout(cancelCommand, deviceSubject, async ({ subject, body: { commandId } }, { db, actor, now, address }) => {
    const row = await cancelQueued(db, subject.id, commandId, now)
    if (!row) return refuse('sensing/command-said')
    const detail = { command: commandId }
    await addAudit(db, { actorId: actor.id, act: 'cancel-command', about: subject.id, result: 'done', address, detail })
    await announceCommand(db, row)
    return { id: commandId }
  }),

  serveAbout(readTalk, deviceSubject, async ({ subject }, { db }) => talkOut(await profileAt(db, subject.id))),

  serveAbout(setTalk, deviceSubject, async ({ subject, body }, { db, actor, address }) => {
    const before = talkOut(await profileAt(db, subject.id))
    await saveTalk(db, subject.id, body)
    const detail = { before, after: body }
    await addAudit(db, {
      actorId: actor.id,
      act: 'set-device-talk',
      about: subject.id,
      result: 'done',
      address,
      detail,
    })
    return body
  }),
]

function talkOut(profile: Record<string, unknown>): z.input<typeof DeviceTalk> {
  const { version, boundSeconds, everyHours, gapMinutes } = talkOf(profile)
  return { version, clockBoundSeconds: boundSeconds, clockEveryHours: everyHours, gapMinutes }
}
