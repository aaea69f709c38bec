/** What search does on news from below: a case can be found as soon as it is told. All else comes with the minute. */
import { sql, type Transaction } from '@pentad/platform/db'
import type { Listener } from '@pentad/platform/module'
import type { News } from '@pentad/platform/news'
import { lay, made } from './lay.ts'
import { reading, sourceOf, type ToldRow } from './sources/index.ts'

/** What changes the words, the place or the unit of a case; all other steps leave what is found of it as it was. */
const tells: ReadonlySet<string> = new Set(['report', 'submit', 'accept', 'dispatch', 'reopened', 'object', 'part'])

const told = ({ about }: News): boolean => typeof about.id === 'string' && tells.has(String(about.act))

async function follow(db: Transaction, ids: readonly string[]): Promise<void> {
  const source = sourceOf('case')
  if (!source || ids.length === 0) return
  const { rows } = await sql<ToldRow>`${reading(source, sql`c.id = any(${[...new Set(ids)]}::uuid[])`)}`.execute(db)
  await lay(db, 'case', rows)
  // A search walks back no further than this; the way ahead is always open.
  const times = rows.flatMap(({ at }) => (at ? [at.getTime()] : []))
  if (times.length === 0) return
  const at = new Date(Math.min(...times))
  await sql`insert into analysis.source (kind, made, earliest, latest, followed_at) values ('case', ${made}, ${at}, ${at}, now())
    on conflict (kind) do update set earliest = excluded.earliest
    where source.earliest is null or source.earliest > excluded.earliest`.execute(db)
}

export const on: readonly Listener[] = [
  {
    name: 'analysis.cases',
    topics: ['case'],
    hear: (db, news) =>
      follow(
        db,
        news.filter(told).map(({ about }) => String(about.id)),
      ),
  },
]
