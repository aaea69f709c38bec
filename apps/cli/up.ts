/** `./pentad up`: from nothing to a city at work, and back to it in seconds. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setAllPasswords } from '@pentad/identity'
import { installation, markInstalled } from '@pentad/operations'
import { hashPassword } from '@pentad/platform/crypto'
import { type Settings, settingsFrom } from '@pentad/platform/settings'
import { bringUpToDate, type WorkingDatabase, workingDatabase } from './database.ts'
import { keepEngine } from './keep-engine.ts'
import { loadDemo } from './load-demo.ts'
import { growTree, type ProcessPlan, type Tree } from './processes.ts'
import { complain, say, step } from './say.ts'
import { addAdministrator } from './user.ts'
import { buildWeb, staleWebs } from './webs.ts'

const root = join(import.meta.dirname, '..')

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { empty: { type: 'boolean' }, data: { type: 'string' }, port: { type: 'string' } },
  })
  const settings = settingsFrom(process.env)
  const taken = await portInUse(settings)
  if (taken) {
    complain(`Port ${settings.port} on ${settings.bind} is in use. Choose another: ./pentad up --port 8090`)
    return 1
  }
  if (!claim(settings)) {
    complain(
      `Pentad is already running on ${settings.dataFolder}. Stop it first, or choose another folder: --data FOLDER`,
    )
    return 1
  }
  say(`Pentad 五位一体 · ${settings.dataFolder}`)
  const began = performance.now()
  const starting = step('database engine')
  const database = await workingDatabase(settings)
  starting.done(database.engine ? (database.engine.adopted ? 'found running' : '') : 'of DATABASE_URL')
  let tree: Tree | undefined
  let stopping = false
  const keeper = database.engine
    ? keepEngine(database.engine, settings.dataFolder, () =>
        complain(`  ! the database engine ended; starting it again. See ${join(settings.dataFolder, 'engine.log')}`),
      )
    : undefined
  let ended: (code: number) => void = () => undefined
  const end = new Promise<number>((done) => {
    ended = done
  })
  const stop = async () => {
    say('\n  · stopping; what was acknowledged is kept')
    await tree?.stop()
    await database.close()
    await keeper?.stop()
    release(settings)
    say('  ✓ stopped')
    ended(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      void stop()
    })
  }
  try {
    const installed = await prepare(database, settings, values.empty ?? false)
    await buildWebs()
    const processes = step('server, worker, gateway')
    tree = growTree(
      plansFor(installed.kind),
      environmentFor(settings, database.url, installed.kind),
      join(settings.dataFolder, 'logs'),
      (name, code) => {
        if (!stopping)
          complain(
            `  ! ${name} ended (${code}); starting it again. See ${join(settings.dataFolder, 'logs', `${name}.log`)}`,
          )
      },
    )
    const reached = await Promise.race([tree.ready.then(() => true), end.then(() => false)])
    if (reached) {
      processes.done()
      welcome(settings, installed, performance.now() - began)
    }
  } catch (error) {
    if (!stopping) {
      complain(`\n  ✗ ${error instanceof Error ? error.message : String(error)}`)
      await tree?.stop()
      await database.close().catch(() => undefined)
      await keeper?.stop()
      release(settings)
      return 1
    }
  }
  return end
}

interface Installed {
  kind: 'demo' | 'empty'
  /** Set when this start made the accounts; shown once. */
  freshPassword?: string
}

/** Tables up to date, and something in them. */
async function prepare(database: WorkingDatabase, settings: Settings, empty: boolean): Promise<Installed> {
  const { db, pool } = database
  const migrating = step('tables')
  const ran = await bringUpToDate(database, (name) => migrating.progress(name))
  migrating.done(ran ? `${ran} migrations` : 'up to date')
  const before = await installation(db)
  if (before) {
    if (before.kind === 'demo' && settings.demoPassword)
      await setAllPasswords(db, await hashPassword(settings.demoPassword))
    return { kind: before.kind }
  }
  const password = settings.demoPassword ?? randomBytes(9).toString('base64url')
  if (empty) {
    await addAdministrator(db, 'admin', password)
    await markInstalled(db, { kind: 'empty', pack: null, packVersion: null })
    return { kind: 'empty', freshPassword: password }
  }
  const loading = step('demo city (模拟数据)')
  const { cases } = await loadDemo(pool, {
    password,
    now: new Date(),
    count: settings.demoCases,
    onStep: (what, done, of) => loading.progress(`${what} ${done ?? ''}${of ? ` of ${of}` : ''}`),
  })
  loading.done(`${cases.toLocaleString('en')} cases`)
  await pool.query('analyze')
  return { kind: 'demo', freshPassword: password }
}

async function buildWebs(): Promise<void> {
  const stale = staleWebs()
  if (stale.length === 0) return
  const building = step('pages')
  for (const [i, app] of stale.entries()) {
    building.progress(`${app}, ${i + 1} of ${stale.length}`)
    await buildWeb(app)
  }
  building.done(stale.join(', '))
}

const plansFor = (kind: Installed['kind']): ProcessPlan[] =>
  [
    { name: 'worker', file: join(root, 'worker', 'main.ts') },
    { name: 'server', file: join(root, 'server', 'main.ts') },
    { name: 'gateway', file: join(root, 'gateway', 'main.ts') },
    ...(kind === 'demo'
      ? [{ name: 'simulator', file: join(root, 'simulator', 'main.ts'), args: ['--exceed', 'first'] }]
      : []),
  ].filter(({ file }) => existsSync(file))

const environmentFor = (settings: Settings, url: string, kind: Installed['kind']): NodeJS.ProcessEnv => ({
  ...process.env,
  DATABASE_URL: url,
  PENTAD_DATA: settings.dataFolder,
  PENTAD_PORT: String(settings.port),
  // In the demo anyone must be able to be the shift leader; a real city keeps the second factor.
  PENTAD_SECOND_FACTOR: process.env.PENTAD_SECOND_FACTOR ?? (kind === 'demo' ? 'offered' : 'required'),
})

function welcome(settings: Settings, { kind, freshPassword }: Installed, milliseconds: number): void {
  const base = `http://${settings.bind === '0.0.0.0' ? '127.0.0.1' : settings.bind}:${settings.port}`
  say(`\n  Ready after ${(milliseconds / 1000).toFixed(1)} s\n`)
  for (const [what, path] of [
    ['citizen 市民', '/'],
    ['command 指挥台', '/command/'],
    ['officer 执法城管通', '/officer/'],
    ['wall 大屏', '/wall'],
    ['API', '/api/openapi.json'],
  ]) {
    say(`  ${(what ?? '').padEnd(18)} ${base}${path}`)
  }
  say(
    `  ${'devices'.padEnd(18)} HJ 212 tcp ${settings.hj212Port} · JT/T 808 tcp+udp ${settings.jt808Port} · ${settings.mqttUrl ? 'MQTT outside' : `MQTT ${settings.mqttPort}`} · OsmAnd ${settings.osmandPort}`,
  )
  if (kind === 'demo') {
    say(
      '\n  demo accounts (模拟): seat6 受理员 · shift 值班长 · dispatch 派遣员 · dzm-handler 东直门街道 · dzm-officer 队员',
    )
    say('                        inspector1 监督员 · leader 领导 · sysadmin · secadmin · auditor · xc-seat 西城')
  } else say('\n  account: admin (asks for a second factor at the first sign-in)')
  say(
    freshPassword
      ? `  password: ${freshPassword}   (shown this once)`
      : '  password: as shown at the first start; ./pentad user password NAME sets a new one',
  )
  say('\n  Ctrl-C stops it.')
}

const portInUse = ({ bind, port }: Settings): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(true))
    probe.listen(port, bind, () => probe.close(() => done(false)))
  })

const claimFile = ({ dataFolder }: Settings) => join(dataFolder, 'up.pid')

/** One launcher to a data folder. */
function claim(settings: Settings): boolean {
  const file = claimFile(settings)
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    process.kill(pid, 0)
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('cli/main.ts')) return false
  } catch {
    // Nobody holds it, or who did is gone.
  }
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o750 })
  writeFileSync(file, String(process.pid))
  return true
}
const release = (settings: Settings): void => rmSync(claimFile(settings), { force: true })
