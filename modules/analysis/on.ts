/** What search does on news from below: a case can be found as soon as it is told. All else comes with the minute. */
import { sql } from '@pentad/platform/db'
import type { Listener } from '@pentad/platform/module'
import { lay, made } from './lay.ts'
import { reading, sourceOf, type ToldRow } from './sources/index.ts'

/** What changes the words, the place or the unit of a case; all other steps leave what is found of it as it was. */
const tells: ReadonlySet<string> = new Set(['report', 'submit', 'accept', 'dispatch', 'reopened', 'object', 'part'])

export const on: readonly Listener[] = [
  {
    name: 'analysis.cases',
    topics: ['case'],
    async hear(db, { about }) {
      const source = sourceOf('case')
      if (!source || typeof about.id !== 'string' || !tells.has(String(about.act))) return
      const { rows } = await sql<ToldRow>`${reading(source, sql`c.id = ${about.id}::uuid`)}`.execute(db)
      await lay(db, 'case', rows)
      // A search walks back no further than this; the way ahead is always open.
      const at = rows[0]?.at
      if (at)
        await sql`insert into analysis.source (kind, made, earliest, latest, followed_at) values ('case', ${made}, ${at}, ${at}, now())
          on conflict (kind) do update set earliest = excluded.earliest
          where source.earliest is null or source.earliest > excluded.earliest`.execute(db)
    },
  },
]
