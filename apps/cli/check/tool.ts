/** Runs a tool of node_modules on our own Node and gives back what it said. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './files.ts'

export interface Said {
  code: number
  out: string
  err: string
}

/** `script` is its file in node_modules. */
export function tool(script: string, args: readonly string[], folder = root): Promise<Said> {
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, 'node_modules', script), ...args],
      { cwd: folder, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    child.once('error', fail)
    child.once('close', (code) => done({ code: code ?? 1, out, err }))
  })
}

/** What a tool said as one finding, when it was not content. */
export const complaint = ({ code, out, err }: Said): string[] =>
  code === 0
    ? []
    : [
        [out, err]
          .map((t) => t.trim())
          .filter(Boolean)
          .join('\n') || `ended with code ${code}`,
      ]
