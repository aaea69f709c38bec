import { addAudit } from '@pentad/identity'
import { newId } from '@pentad/platform/id'
import { later } from '@pentad/platform/jobs'
import type { Changes, PackPart } from '@pentad/platform/pack'
import { granted, refuse } from '@pentad/platform/refusal'
import { type Context, raw, type Sentences, type Served, serve } from '@pentad/platform/serve'
import { cancelPackLoad, listPackLoads, readPackLoad, sendPack, startPackLoad, templatePack } from './contract.ts'
import { atWork } from './model.ts'
import { addPackLoad, editions, movePackLoad, type PackLoadRow, packLoadById, recentPackLoads } from './queries.ts'
import { templateZip } from './template.ts'

export function packRoutes(parts: readonly PackPart[], sentences: Sentences): Served[] {
  const order = parts.map((p) => p.name)
  const titleOf = (language: Context['language'], name: string) => sentences(language, `pack/part/${name}`, {})
  const changesOut = (changes: Readonly<Record<string, Changes>>, language: Context['language']) =>
    Object.entries(changes)
      .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
      .map(([part, change]) => ({ part, title: titleOf(language, part), ...change }))
  const loadOut = (l: PackLoadRow, language: Context['language']) => ({
    id: l.id,
    file: l.file,
    bytes: Number(l.bytes),
    by: l.byName,
    sentAt: l.sentAt.toISOString(),
    state: l.state,
    progress: l.progress.part
      ? { title: titleOf(language, l.progress.part), done: l.progress.done ?? 0, of: l.progress.of ?? null }
      : null,
    pack: l.pack,
    packVersion: l.packVersion,
    faultCount: l.faultCount,
    changes: changesOut(l.changes, language),
    endedAt: l.endedAt?.toISOString() ?? null,
    error: l.error,
  })

  return [
    serve(listPackLoads, async (_, { db, language }) => ({
      loads: (await recentPackLoads(db)).map((l) => loadOut(l, language)),
      editions: (await editions(db)).map(({ byName, ...e }) => ({
        ...e,
        by: byName,
        at: e.at.toISOString(),
        changes: changesOut(e.changes, language),
      })),
    })),

    serve(templatePack, async () =>
      raw({
        raw: await templateZip(),
        type: 'application/zip',
        headers: { 'content-disposition': 'attachment; filename="pentad-city-pack.zip"' },
      }),
    ),

    serve(sendPack, async ({ file, query }, { db, blobs, actor, now }) => {
      // PK: a zip begins so.
      if (file[0] !== 0x50 || file[1] !== 0x4b) return refuse('operations/not-a-zip')
      const id = newId()
      const blob = await blobs.put(file)
      await addPackLoad(db, { id, file: query.name, bytes: file.length, blob, byPerson: actor.id, sentAt: now })
      await addAudit(db, {
        actorId: actor.id,
        act: 'send-pack',
        about: id,
        result: 'done',
        detail: { file: query.name },
      })
      await later(db, 'operations.check-pack', { payload: { id } })
      return { id }
    }),

    serve(readPackLoad, async ({ params }, { db, language }) => {
      const load = granted((await packLoadById(db, params.id)) ?? refuse('platform/not-found'))
      return {
        ...loadOut(load, language),
        faults: load.faults.map(({ file, line, code, details }) => ({
          file,
          line,
          code,
          sentence: sentences(language, code, details),
        })),
      }
    }),

    serve(startPackLoad, async ({ params }, { db }) => {
      granted((await packLoadById(db, params.id)) ?? refuse('platform/not-found'))
      if (!(await movePackLoad(db, params.id, ['checked'], 'laying'))) return refuse('operations/pack-not-checked')
      await later(db, 'operations.lay-pack', { payload: { id: params.id } })
      return { started: true as const }
    }),

    serve(cancelPackLoad, async ({ params }, { db, now, actor }) => {
      const load = granted((await packLoadById(db, params.id)) ?? refuse('platform/not-found'))
      if (!atWork(load.state) && load.state !== 'checked') return refuse('operations/pack-not-checked')
      await movePackLoad(db, params.id, ['checking', 'checked', 'laying'], 'cancelled', { endedAt: now })
      await addAudit(db, { actorId: actor.id, act: 'cancel-pack', about: params.id, result: 'done' })
      return { cancelled: true as const }
    }),
  ]
}
