/** Which tests there are, and what they need. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../check/files.ts'

const folders = ['platform', 'protocols', 'modules', 'packs', 'apps', 'web', 'bench', 'soak']

export const testFiles = (): string[] =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }))
    .filter((f) => !f.includes('node_modules/') && !f.includes('/dist/'))
    .sort()

/** A test of the database says so by what it imports. */
export const kindOf = (file: string): 'unit' | 'db' =>
  /from '(?:@pentad\/platform|(?:\.\.?\/)+(?:platform\/)?)\/?testing(?:\/index\.ts)?'|inject\('engineUrl'\)/.test(
    readFileSync(join(root, file), 'utf8'),
  )
    ? 'db'
    : 'unit'
