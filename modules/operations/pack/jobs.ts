/** Checking and laying a pack that was sent: long work, in the worker, that can be watched and cancelled. */

import { addAudit } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { type Job, type JobTools, job } from '@pentad/platform/jobs'
import { type Fault, type PackPart, type PackSource, zipSource } from '@pentad/platform/pack'
import { type Refusal, RefusalError } from '@pentad/platform/refusal'
import { type Laid, layPack } from './lay.ts'
import { manifestFile } from './manifest.ts'
import { movePackLoad, type PackLoadRow, packLoadById, setProgress } from './queries.ts'
import { readPack } from './read.ts'

export const packJobs = (parts: readonly PackPart[]): Job[] => [
  job<{ id: string }>({ name: 'operations.check-pack', run: ({ id }, tools) => checkPack(id, parts, tools) }),
  job<{ id: string }>({ name: 'operations.lay-pack', run: ({ id }, tools) => layChecked(id, parts, tools) }),
]

async function checkPack(id: string, parts: readonly PackPart[], { db, pool, blobs, log }: JobTools): Promise<void> {
  const load = await packLoadById(db, id)
  if (load?.state !== 'checking') return
  const source = await sourceOf(load, blobs)
  if (!source) {
    await movePackLoad(db, id, ['checking'], 'faulty', {
      faults: [{ file: load.file, line: null, code: 'pack/not-a-zip', details: {} }],
      faultCount: 1,
      endedAt: new Date(),
    })
    return
  }
  const watch = watching(db, load)
  try {
    const read = await readPack(source, parts, { ...watch, db })
    const told = { pack: read.manifest?.id ?? null, packVersion: read.manifest?.version ?? null, endedAt: new Date() }
    if (!read.manifest || read.faultCount > 0) {
      await movePackLoad(db, id, ['checking'], 'faulty', { ...told, faults: read.faults, faultCount: read.faultCount })
      return
    }
    // What would change is known by laying it and taking it back.
    const { changes } = await layPack(pool, read, { ...watch, byPerson: load.byPerson, now: new Date(), dry: true })
    await movePackLoad(db, id, ['checking'], 'checked', { ...told, changes, faults: [], faultCount: 0 })
  } catch (error) {
    await failed(db, load, error, watch.signal)
    log.error({ err: error, pack: id }, 'a pack could not be checked')
  } finally {
    await watch.end()
  }
}

async function layChecked(id: string, parts: readonly PackPart[], { db, pool, blobs, log }: JobTools): Promise<void> {
  const load = await packLoadById(db, id)
  if (load?.state !== 'laying') return
  const source = await sourceOf(load, blobs)
  if (!source) throw new Error(`the file of pack ${id} is gone`)
  const watch = watching(db, load)
  try {
    const read = await readPack(source, parts, { ...watch, db })
    if (read.faultCount > 0) {
      // The city has moved on since the check.
      await movePackLoad(db, id, ['laying'], 'faulty', {
        faults: read.faults,
        faultCount: read.faultCount,
        endedAt: new Date(),
      })
      return
    }
    await layPack(pool, read, {
      ...watch,
      byPerson: load.byPerson,
      now: new Date(),
      // With the pack itself: a worker that dies now has either laid it and said so, or neither.
      andThen: ({ db: inside }, laid) => noteLaid(inside, load, laid),
    })
  } catch (error) {
    await failed(db, load, error, watch.signal)
    log.error({ err: error, pack: id }, 'a pack could not be loaded')
  } finally {
    await watch.end()
  }
}

async function noteLaid(db: Db, load: PackLoadRow, { editionId, changes }: Laid): Promise<void> {
  const moved = await movePackLoad(db, load.id, ['laying'], 'laid', { changes, editionId, endedAt: new Date() })
  if (!moved) throw new DOMException('cancelled', 'AbortError')
  await addAudit(db, {
    actorId: load.byPerson,
    act: 'load-pack',
    about: load.id,
    result: 'done',
    detail: { file: load.file, changes },
  })
}

async function failed(db: Db, load: PackLoadRow, error: unknown, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  if (error instanceof RefusalError) {
    // What only the city as it stands could refuse is a fault of the pack like any other.
    await movePackLoad(db, load.id, ['checking', 'laying'], 'faulty', {
      faults: [faultOf(error.refusal)],
      faultCount: 1,
      endedAt: new Date(),
    })
    return
  }
  await movePackLoad(db, load.id, ['checking', 'laying'], 'failed', {
    error: error instanceof Error ? error.message : String(error),
    endedAt: new Date(),
  })
}

function faultOf({ refused, detail }: Refusal): Fault {
  const { file, line, ...rest } = detail
  const details = Object.fromEntries(
    Object.entries({ file, line, ...rest }).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, value] as const] : [],
    ),
  )
  return {
    file: typeof file === 'string' ? file : manifestFile,
    line: typeof line === 'number' ? line : null,
    code: refused,
    details,
  }
}

async function sourceOf({ blob }: PackLoadRow, blobs: JobTools['blobs']): Promise<PackSource | undefined> {
  const bytes = await blobs.read(blob)
  if (!bytes) return undefined
  try {
    return zipSource(bytes)
  } catch {
    return undefined
  }
}

const tellEveryMs = 300

/** Tells how far the work is, outside its transaction, and hears whether somebody cancelled. */
function watching(db: Db, { id, state }: PackLoadRow) {
  const cancel = new AbortController()
  let now: PackLoadRow['progress'] = {}
  let telling: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    telling = telling.then(async () => {
      const found = await setProgress(db, id, now).catch(() => state)
      if (found !== state) cancel.abort()
    })
  }, tellEveryMs)
  return {
    signal: cancel.signal,
    onProgress: (part: string, done: number, of?: number): void => {
      now = of === undefined ? { part, done } : { part, done, of }
    },
    end: async () => {
      clearInterval(timer)
      await telling
    },
  }
}
