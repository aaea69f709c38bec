/** Before all tests: one engine, and one template with every module's tables, copied for each file of tests. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, sql } from '@pentad/platform/db'
import { startEngine } from '@pentad/platform/db/embedded'
import { migrate } from '@pentad/platform/db/migrate'
import { migrateJobs } from '@pentad/platform/jobs'
import type { TestProject } from 'vitest/node'
import { migrationSources } from './apps/server/modules.ts'

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  // Pure tests need no engine.
  if (process.env.PENTAD_TEST_WITHOUT_DATABASE) return async () => undefined
  const outside = process.env.PENTAD_TEST_DATABASE_URL
  const folder = outside ? undefined : mkdtempSync(join(tmpdir(), 'pentad-test-'))
  const engine = folder ? await startEngine({ folder, volatile: true }) : undefined
  const engineUrl = engine?.url ?? outside ?? ''
  const template = `pentad_template_${process.pid}`
  const admin = openDatabase(engineUrl, { connections: 1 })
  await sql`create database ${sql.ref(template)} encoding 'UTF8' template template0`.execute(admin.db)
  const made = openDatabase(Object.assign(new URL(engineUrl), { pathname: `/${template}` }).href)
  await migrateJobs(made.pool)
  await migrate(made.pool, migrationSources)
  await made.close()
  project.provide('engineUrl', engineUrl)
  project.provide('template', template)
  return async () => {
    await sql`drop database ${sql.ref(template)} with (force)`.execute(admin.db)
    await admin.close()
    await engine?.stop()
    if (folder) rmSync(folder, { recursive: true, force: true })
  }
}
