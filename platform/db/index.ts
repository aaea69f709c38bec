/** PostgreSQL, from 15 on: one pool a process, one transaction a command. */
import { Kysely, type Transaction as KyselyTransaction, PostgresDialect, type RawBuilder, sql } from 'kysely'
import pg from 'pg'

export { sql }
export type RawSql = RawBuilder<unknown>

// biome-ignore lint/suspicious/noExplicitAny: each module states its own tables; a connection serves them all.
type AnyTables = any

/** A connection as a module's queries see it: with the tables that they state. */
export type Db<Tables = AnyTables> = Kysely<Tables>
export type Transaction<Tables = AnyTables> = KyselyTransaction<Tables>

// Whole numbers of 64 bits stay exact up to 2^53, which no count or sequence of ours will pass.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text))
pg.types.setTypeParser(pg.types.builtins.NUMERIC, (text) => Number(text))
// A legal day is a word, not an instant.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)

export interface Database {
  db: Db
  /** For COPY and whatever else the builder is not made for. */
  pool: pg.Pool
  close: () => Promise<void>
}

export function openDatabase(url: string, { connections = 10, name = 'pentad' } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    // A connection that lost its server says so instead of hanging for the kernel's two hours.
    keepAlive: true,
    statement_timeout: 60_000,
    // Compiling a question takes longer than answering it; ours are short.
    options: '-c jit=off',
  })
  // An idle connection that dies (server restarted) must not take the process with it; the next query says what is wrong.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    prepareWhatIsMarked(client)
  })
  const db: Db = new Kysely({ dialect: new PostgresDialect({ pool }) })
  pools.set(db, pool)
  return { db, pool, close: () => pool.end() }
}

const pools = new WeakMap<object, pg.Pool>()
/** The pool below a database that `openDatabase` gave, for COPY. A transaction has none: it is one connection. */
export function poolOf(db: Db): pg.Pool {
  const pool = pools.get(db)
  if (!pool) throw new Error('this is not a database of openDatabase')
  return pool
}

/** A mark for followers: what is not committed yet has this transaction number or a higher one, and comes with the next look. */
export const markNow = async (db: Db): Promise<string> =>
  (await sql<{ mark: string }>`select pg_snapshot_xmin(pg_current_snapshot())::text as mark`.execute(db)).rows[0]
    ?.mark ?? '0'

/** A statement that begins with this is planned once a connection: for the few long ones that run all day. Its words must never vary. */
export const prepared = sql.raw('/* prepared */')
const mark = '/* prepared */'
const names = new Map<string, string>()
function nameOf(text: string): string {
  const known = names.get(text)
  if (known) return known
  const name = `p${names.size}`
  names.set(text, name)
  return name
}

function prepareWhatIsMarked(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  client.query = ((text: unknown, values: unknown, ...more: unknown[]) =>
    typeof text === 'string' && text.startsWith(mark) && Array.isArray(values)
      ? query({ name: nameOf(text), text, values }, ...more)
      : query(text, values, ...more)) as typeof client.query
}

const passing = new Set(['40001', '40P01'])

/** Runs the work in a transaction; a deadlock or a serialization failure is nobody's fault and is tried again. */
export async function inTransaction<T>(db: Db, work: (db: Transaction) => Promise<T>, tries = 3): Promise<T> {
  for (let left = tries; ; left--) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (left <= 1 || !passing.has(errorCode(error) ?? '')) throw error
    }
  }
}

/** The SQLSTATE of a database error. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError ? error.code : undefined

/** The database cannot be reached now: the same call may go through later. */
export function isOutage(error: unknown): boolean {
  const code = errorCode(error) ?? (error as { code?: unknown }).code
  return (
    (typeof code === 'string' && (/^(08|57P|53)/.test(code) || /^E(CONN|PIPE|TIMEDOUT|NOTFOUND)/.test(code))) ||
    (error instanceof Error &&
      /timeout exceeded when trying to connect|Connection terminated|pool after calling end/.test(error.message))
  )
}

/** The constraint that a write ran against, if that is why it failed. */
export const brokenConstraint = (error: unknown): string | undefined =>
  error instanceof pg.DatabaseError && error.code?.startsWith('23') ? error.constraint : undefined
