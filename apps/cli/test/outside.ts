/** A PostgreSQL that is not ours: Debian's, in a cluster of its own that is thrown away. */

import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say } from '../say.ts'
import { installPackages, isRoot, runs } from './debian.ts'

export interface Outside {
  url: string
  version: string
  remove: () => Promise<void>
}

/** The oldest that is there: what runs on 15 runs on those after it. */
const engineFolder = (): string | undefined =>
  globSync('/usr/lib/postgresql/*/bin')
    .filter((folder) => existsSync(join(folder, 'initdb')))
    .sort((a, b) => versionOf(a) - versionOf(b))
    .find((folder) => versionOf(folder) >= 15)
const versionOf = (folder: string): number => Number(folder.split('/').at(-2))

/** Debian would start a cluster of its own at once, on the standard port. */
const noCluster = '/etc/postgresql-common/createcluster.d/pentad-test.conf'

async function installed(): Promise<string> {
  const there = engineFolder()
  if (there) return there
  if (isRoot() && existsSync('/usr/bin/apt-get')) {
    say("· installing Debian's PostgreSQL for the outside tests")
    mkdirSync('/etc/postgresql-common/createcluster.d', { recursive: true })
    writeFileSync(noCluster, 'create_main_cluster = false\n')
    await installPackages('postgresql-15')
    rmSync(noCluster, { force: true })
  }
  const now = engineFolder()
  if (!now) throw new Error('the outside tests need PostgreSQL 15 or later: `apt-get install postgresql-15`')
  return now
}

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** PostgreSQL does not run as root; the user of Debian's package does. */
const asOwner = (command: string, args: readonly string[]): Promise<boolean> =>
  isRoot() ? runs('runuser', ['-u', 'postgres', '--', command, ...args]) : runs(command, args)

export async function outsideDatabase(): Promise<Outside> {
  const bin = await installed()
  const folder = mkdtempSync(join(tmpdir(), 'pentad-outside-'))
  const remove = async () => {
    await asOwner(join(bin, 'pg_ctl'), ['-D', join(folder, 'data'), '-m', 'immediate', '-w', 'stop'])
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    if (isRoot()) {
      const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
      chownSync(folder, id('-u'), id('-g'))
    }
    const data = join(folder, 'data')
    const made = await asOwner(join(bin, 'initdb'), [
      ...['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    ])
    if (!made) throw new Error('initdb failed')
    const port = await freePort()
    const settings = [
      ...['-c', `port=${port}`, '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`],
      ...['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'max_connections=200'],
    ].join(' ')
    const log = join(folder, 'log')
    if (!(await asOwner(join(bin, 'pg_ctl'), ['-D', data, '-l', log, '-w', '-o', settings, 'start'])))
      throw new Error(`PostgreSQL did not start:\n${existsSync(log) ? readFileSync(log, 'utf8') : ''}`)
    return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, version: String(versionOf(bin)), remove }
  } catch (error) {
    await remove()
    throw error
  }
}
