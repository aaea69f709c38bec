/** Runs one of the programs of a folder by its name, or says which there are. */
import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from './check/files.ts'
import { complain, say } from './say.ts'

/** The first sentence of a program's opening comment. */
const doesOf = (file: string): string =>
  /^\/\*\*\s*\*?\s*(?<does>[\s\S]*?)\*\//
    .exec(readFileSync(file, 'utf8'))
    ?.groups?.does?.replace(/\s*\n\s*\*?\s*/g, ' ')
    .trim() ?? ''

export async function runNamed(folder: string, [name, ...args]: string[]): Promise<number> {
  const all = globSync('*.ts', { cwd: join(root, folder) }).filter((f) => !f.endsWith('.test.ts'))
  const texts = all.map((f) => readFileSync(join(root, folder, f), 'utf8'))
  // What the others import is their help, and no program.
  const files = all.filter((f) => !texts.some((text) => text.includes(`'./${f}'`)))
  const names = files.map((f) => basename(f, '.ts')).sort()
  if (!name || !names.includes(name)) {
    if (name) complain(`There is no ${folder}/${name}.ts.`)
    say(names.length ? `./pentad ${folder} NAME, with one of:` : `Nothing stands in ${folder}/ yet.`)
    for (const n of names) say(`  ${n.padEnd(14)} ${doesOf(join(root, folder, `${n}.ts`))}`)
    return name ? 2 : 0
  }
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, folder, `${name}.ts`), ...args],
      {
        cwd: root,
        stdio: 'inherit',
      },
    )
    // Ctrl-C is for the program; it says itself what it has measured until then.
    const pass = (signal: NodeJS.Signals) => child.kill(signal)
    process.on('SIGINT', pass)
    process.on('SIGTERM', pass)
    child.once('error', fail)
    child.once('close', (code) => done(code ?? 1))
  })
}
