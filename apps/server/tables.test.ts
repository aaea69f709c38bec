import { type Db, sql } from '@pentad/platform/db'
import { testDatabase } from '@pentad/platform/testing'
import { expect, test } from 'vitest'
import order from '../../modules/order.mjs'

const { db } = await testDatabase()

const schemas = ['platform', ...order.map((module) => module.replaceAll('-', '_'))]

/** Foreign keys from one schema to another that does not lie below it. */
async function keysNotDown(from: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string; child: string; parent: string }>`
    select conrelid::regclass || '.' || conname as name, c.nspname as child, p.nspname as parent
    from pg_constraint k
      join pg_class ct on ct.oid = k.conrelid join pg_namespace c on c.oid = ct.relnamespace
      join pg_class pt on pt.oid = k.confrelid join pg_namespace p on p.oid = pt.relnamespace
    where k.contype = 'f' and c.oid <> p.oid order by 1`.execute(from)
  return rows
    .filter((r) => schemas.indexOf(r.parent) >= schemas.indexOf(r.child) || !schemas.includes(r.parent))
    .map((r) => r.name)
}

test('foreign keys point down the order of the modules', async () => {
  expect(await keysNotDown(db)).toEqual([])
  await sql`alter table identity.unit add column case_id uuid constraint upwards references cases.case_file`.execute(db)
  expect(await keysNotDown(db)).toEqual(['identity.unit.upwards'])
})

test('every table lies in the schema of a module', async () => {
  const { rows } = await sql<{ name: string }>`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^(pg_|information_schema$|graphile_worker$)'
      and not n.nspname = any(${schemas}::text[])`.execute(db)
  expect(rows).toEqual([])
})
