/** Lays a pack that was read without a fault: the difference, in one transaction, as a new edition. */
import { beginEdition, endEdition, putCity, renewCity, theCity } from '@pentad/geography'
import { sql } from '@pentad/platform/db'
import { bulkTransaction } from '@pentad/platform/db/bulk'
import type { Changes } from '@pentad/platform/pack'
import type pg from 'pg'
import type { PackRead, Watch } from './read.ts'

export interface LayOrder extends Watch {
  byPerson: string | null
  note?: string
  now: Date
  /** Only says what would change. */
  dry?: boolean
  /** In the same transaction, after all parts: the demo's past, or what a command notes of itself. */
  andThen?: (bulk: Bulk, laid: Laid) => Promise<void>
}
type Bulk = Parameters<Parameters<typeof bulkTransaction>[1]>[0]

export interface Laid {
  editionId: string
  changes: Record<string, Changes>
}

type Box = readonly [number, number, number, number]
const boxAround = (a: Box, b: Box): Box => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
]

class OnlyTried extends Error {}

/** Two loads wait for one another: the second sees what the first laid. */
const oneLoad = sql`select pg_advisory_xact_lock(hashtext('operations.pack-load'))`

export async function layPack(
  pool: pg.Pool,
  { manifest, parts, faultCount }: PackRead,
  {
    byPerson,
    note = '',
    now,
    dry = false,
    andThen,
    onProgress = () => undefined,
    signal = new AbortController().signal,
  }: LayOrder,
): Promise<Laid> {
  if (!manifest || faultCount > 0) throw new Error('a pack with faults is not laid')
  const laid: Laid = { editionId: '', changes: {} }
  try {
    await bulkTransaction(pool, async ({ db, client }) => {
      await oneLoad.execute(db)
      const covers = manifest.covers ?? ['']
      const city = await theCity(db)
      if (city && manifest.covers) await putCity(db, { ...city, bounds: boxAround(city.bounds, manifest.bbox) })
      else {
        const { nameZh, nameEn, labelZh, labelEn, bbox: bounds } = manifest
        await putCity(db, { nameZh, nameEn, labelZh, labelEn, bounds })
      }
      laid.editionId = await beginEdition(db, {
        kind: 'pack',
        byPerson,
        note: note || `${manifest.id} ${manifest.version}`,
        now,
      })
      await sql`insert into operations.pack_edition (edition_id, pack, pack_version)
        values (${laid.editionId}, ${manifest.id}, ${manifest.version})`.execute(db)
      for (const { part, rows } of parts) {
        signal.throwIfAborted()
        onProgress(part.name, 0)
        const changes = await part.lay(
          {
            db,
            client,
            editionId: laid.editionId,
            covers,
            now,
            onProgress: (done, of) => onProgress(part.name, done, of),
            signal,
          },
          rows,
        )
        laid.changes[part.name] = changes
        // Later parts find their cells by what earlier ones laid.
        if (changes.added + changes.changed + changes.retired > 0) await renewCity(db)
      }
      await endEdition(db, laid.editionId, laid.changes)
      await andThen?.({ db, client }, laid)
      if (dry) throw new OnlyTried()
    })
  } catch (error) {
    if (!(error instanceof OnlyTried)) throw error
  }
  return laid
}
