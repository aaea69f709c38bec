/** The files of the project, as a clone has them. */
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..', '..')

/** Paths from the root, tracked or about to be; without git, all but what is made. */
export function projectFiles(): string[] {
  const files = (() => {
    try {
      const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return listed.split('\0').filter(Boolean)
    } catch {
      return globSync('**/*', { cwd: root, exclude: (f) => /(?:^|\/)(?:node_modules|dist|data|test-results)$/.test(f) })
    }
  })()
  return [...new Set(files)].filter((f) => existsSync(join(root, f)) && statSync(join(root, f)).isFile()).sort()
}

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

/** A generated file against what it should be: written with `write`, otherwise a finding when it differs. */
export function fresh(file: string, wanted: string, write: boolean): string[] {
  const path = join(root, file)
  if (existsSync(path) && readFileSync(path, 'utf8') === wanted) return []
  if (!write) return [`${file} is not fresh; \`./pentad check --write\` makes it anew`]
  writeFileSync(path, wanted)
  return []
}
