/** For the tests of the commands: a small city with cases, a folder of one's own, and a quiet mouth. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { intake } from '@pentad/cases'
import { markInstalled } from '@pentad/operations'
import type { Db } from '@pentad/platform/db'
import { inTransaction } from '@pentad/platform/db'
import { newId } from '@pentad/platform/id'
import { granted } from '@pentad/platform/refusal'
import { afterAll, vi } from 'vitest'
import { insideCell, layTestCity, personOf, pointIn, rubble } from '../../modules/cases/testing.ts'

export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pentad-cli-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** What the command said, instead of on the screen. */
export function overheard(): { said: () => string } {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(text))
  vi.spyOn(console, 'error').mockImplementation((text: string) => void lines.push(text))
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
  afterAll(() => void vi.restoreAllMocks())
  return { said: () => lines.join('\n') }
}

export async function report(db: Db, text: string): Promise<void> {
  const now = new Date()
  await inTransaction(db, async (tx) => {
    granted(
      await intake(tx, {
        source: 'hotline',
        sourceNo: newId(),
        ...rubble,
        point: pointIn(insideCell),
        text,
        at: now,
        now,
        actorId: 'test',
        original: { text },
      }),
    )
  })
}

/** Areas, rules, people and a few cases, as `./pentad up` leaves them. */
export async function laySmallCity(db: Db, cases = 5): Promise<void> {
  await layTestCity(db)
  await personOf(db, 'acceptor', 'a-sup', ['110101'])
  for (let i = 0; i < cases; i++) await report(db, `积存渣土 ${i}\t\\ "quoted"\nsecond line`)
  await markInstalled(db, { kind: 'empty', pack: null, packVersion: null })
}
