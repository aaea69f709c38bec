/** Builds the web apps when their sources have changed since the last time. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
export const webApps = ['citizen', 'officer', 'command'] as const

/** Names, sizes and times of all that goes into an app. */
function sourcesOf(app: string): string {
  const hash = createHash('sha256')
  const patterns = [
    `apps/${app}/**/*`,
    'web/**/*',
    'platform/*.ts',
    'modules/*/{model,contract}.ts',
    'modules/*/model/*.ts',
    'package-lock.json',
  ]
  for (const file of patterns.flatMap((p) => globSync(p, { cwd: root })).sort()) {
    if (/\/(dist|node_modules)\b/.test(file)) continue
    const found = statSync(join(root, file))
    // A folder's time changes when the build writes beside it.
    if (found.isFile()) hash.update(`${file} ${found.mtimeMs} ${found.size}\n`)
  }
  return hash.digest('hex')
}

const stampOf = (app: string) => join(root, 'apps', app, 'dist', '.built')

export const staleWebs = (): string[] =>
  webApps.filter(
    (app) =>
      existsSync(join(root, 'apps', app, 'index.html')) &&
      !(existsSync(stampOf(app)) && readFileSync(stampOf(app), 'utf8') === sourcesOf(app)),
  )

/** Builds one app; its page is there when this returns. */
export function buildWeb(app: string): Promise<void> {
  const sources = sourcesOf(app)
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
      { cwd: join(root, 'apps', app), stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let said = ''
    child.stderr.on('data', (text) => {
      said += text
    })
    child.once('exit', (code) => {
      if (code !== 0) return fail(new Error(`building ${app} failed:\n${said}`))
      writeFileSync(stampOf(app), sources)
      done()
    })
  })
}
