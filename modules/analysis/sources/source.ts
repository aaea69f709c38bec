/** How a module's things become findable: which view tells them, who may see them, what opens when one is chosen. */
import { type RawSql, sql } from '@pentad/platform/db'
import type { Kind, Told } from '../model/index.ts'

export interface Source {
  kind: Kind
  /** Who may find it: holders of this permission, of those within its area or unit; null: everybody who works here. */
  may: string | null
  /** Columns named as in `Told`, and `gone` for what is no longer to be found. */
  columns: RawSql
  from: RawSql
  /** The id as the view has it, for one thing at a time. */
  id: RawSql
  /** It has an instant: found newest first. */
  happens?: true
  /** The number of the transaction that changed it last; without one the view is read whole when anything in it changed. */
  xid?: RawSql
  /** A small view whose words are told with it: when that changes, all is read again. */
  beside?: RawSql
  /** Where it opens in the command web; `:id`, `:first`, `:last` (parts of an id), `:number`, `:title`, `:lon`, `:lat` stand for its own. */
  opens: string
}

export type ToldRow = Told & { gone: boolean }

/** A list of texts as SQL that is none: for sources without such a column. */
export const none = sql`'{}'::text[]`
/** Nothing else finds it. */
export const blank = sql`''`

/** The rows of a source under a condition. */
export const reading = ({ columns, from }: Source, where: RawSql = sql`true`): RawSql =>
  sql`select ${columns} from ${from} where ${where}`
