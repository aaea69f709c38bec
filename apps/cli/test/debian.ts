/** Packages of Debian that only tests need. */
import { spawn } from 'node:child_process'

export const isRoot = (): boolean => process.getuid?.() === 0

export const runs = (
  command: string,
  args: readonly string[],
  options: { show?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<boolean> =>
  new Promise((done) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', options.show ? 'inherit' : 'ignore', options.show ? 'inherit' : 'ignore'],
    })
    child.once('error', () => done(false))
    child.once('close', (code) => done(code === 0))
  })

/** False when this is no Debian, or we may not. */
export async function installPackages(...packages: string[]): Promise<boolean> {
  if (!isRoot()) return false
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const quiet = ['-qq', '-o', 'Dpkg::Use-Pty=0']
  return (
    (await runs('apt-get', ['update', ...quiet], { show: true, env })) &&
    (await runs('apt-get', ['install', '-y', '--no-install-recommends', ...quiet, ...packages], { show: true, env }))
  )
}
