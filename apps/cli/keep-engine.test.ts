import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@pentad/platform/db'
import { startEngine } from '@pentad/platform/db/embedded'
import { expect, test } from 'vitest'
import { keepEngine } from './keep-engine.ts'

test('an engine that is killed is started again on its port, with everything that was committed [OPS-05]', {
  timeout: 90_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pentad-engine-'))
  const engine = await startEngine({ folder })
  let deaths = 0
  const keeper = keepEngine(engine, folder, () => deaths++)
  const { pool, close } = openDatabase(engine.url, { connections: 1 })
  try {
    await pool.query('create table kept (n int)')
    await pool.query('insert into kept values (7)')
    process.kill(engine.pid, 'SIGKILL')
    const read = async () => (await pool.query('select n from kept').catch(() => undefined))?.rows
    // The old sessions may still answer until they see that their server has died.
    await expect.poll(() => deaths, { timeout: 10_000 }).toBe(1)
    await expect.poll(read, { timeout: 60_000 }).toEqual([{ n: 7 }])
    expect(deaths).toBe(1)
  } finally {
    await close()
    await keeper.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
