/** Lays the demo city into an empty database: its pack as any city's, then its past; all or nothing, the same everywhere for the same day. */
import { generateHistory, loadPack, type Pack, packFolder } from '@pentad/beijing-demo'
import { type HistoricCase, layHistory } from '@pentad/cases'
import { locatorOf } from '@pentad/geography'
import { peopleLike, setAllPasswords } from '@pentad/identity'
import { layPack, markInstalled, readPack } from '@pentad/operations'
import { hashPassword } from '@pentad/platform/crypto'
import { folderSource } from '@pentad/platform/pack'
import { calendarBy, standardId } from '@pentad/rulebook'
import type pg from 'pg'
import { packParts } from '../server/modules.ts'

export interface DemoOrder {
  /** Every demo account gets it. */
  password: string
  /** The end of the generated past. */
  now: Date
  count?: number
  onStep: (what: string, done?: number, of?: number) => void
}

/** One seed for the demo everywhere. */
const seed = 20_260_521
const years = 3

export async function loadDemo(
  pool: pg.Pool,
  { password, now, count = 50_000, onStep }: DemoOrder,
): Promise<{ cases: number }> {
  const read = await readPack(await folderSource(packFolder), packParts, { onProgress: onStep })
  if (read.faultCount > 0) throw new Error(`the demo pack has faults: ${JSON.stringify(read.faults.slice(0, 3))}`)
  const pack = loadPack()
  const { scheme, version } = pack.classes[0] ?? { scheme: '', version: '' }
  let cases = 0
  await layPack(pool, read, {
    byPerson: null,
    now,
    onProgress: onStep,
    andThen: async ({ db, client }) => {
      await setAllPasswords(db, await hashPassword(password))
      const ids = new Map((await peopleLike(db, '', 100_000)).map((p) => [p.login, p.id]))
      const calendar = await calendarBy(db, null)
      if (!calendar) throw new Error('the demo pack has no calendar in force')
      cases = await layHistory(pastOf(pack, { scheme, version, ids, now, count }), {
        client,
        locator: await locatorOf(db),
        calendar,
        scheme,
        schemeVersion: version,
        origin: 'demo',
        onProgress: (done: number) => onStep('history', done, count),
      })
      await markInstalled(db, { kind: 'demo', pack: pack.manifest.id, packVersion: pack.manifest.version })
    },
  })
  return { cases }
}

interface PastOrder {
  scheme: string
  version: string
  ids: Map<string, string>
  now: Date
  count: number
}

function* pastOf(pack: Pack, { scheme, version, ids, now, count }: PastOrder): Generator<HistoricCase> {
  const standards = new Map(pack.standards.map((s) => [`${s.kind}:${s.code}:${s.seq}`, s]))
  // The whole hour keeps two starts on one morning alike.
  const until = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000)
  for (const c of generateHistory({ pack, seed, until, years, count })) {
    const standard = standards.get(`${c.kind}:${c.classCode}:${c.standardSeq}`)
    if (!standard) throw new Error(`no standard for ${c.kind} ${c.classCode} ${c.standardSeq}`)
    const actors = Object.fromEntries(
      Object.entries(c.actors).map(([act, login]) => [act, login === null ? null : (ids.get(login) ?? null)]),
    )
    yield {
      ...c,
      description: c.description_zh,
      actors: actors as HistoricCase['actors'],
      standard: {
        id: standardId(scheme, version, { kind: c.kind, code: c.classCode, seq: c.standardSeq }),
        limitValue: standard.limitValue,
        limitUnit: standard.limitUnit,
      },
    }
  }
}
