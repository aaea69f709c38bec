/** The tree of processes: starts them, restarts what dies, stops them in order. */
import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'

export interface ProcessPlan {
  name: string
  file: string
  args?: string[]
}

export interface Tree {
  /** Resolves when every process has said that it is ready. */
  ready: Promise<void>
  stop: () => Promise<void>
  pids: () => Record<string, number | undefined>
}

/** After each death in a row the next start waits twice as long, up to this, in milliseconds. */
const longestWait = 10_000
/** A process that lived so long, in milliseconds, died of something new. */
const livedWell = 30_000

export function growTree(
  plans: readonly ProcessPlan[],
  env: NodeJS.ProcessEnv,
  logFolder: string,
  onDeath: (name: string, code: number | null) => void,
): Tree {
  mkdirSync(logFolder, { recursive: true })
  let stopping = false
  const children = new Map<string, ChildProcess>()
  const start = (plan: ProcessPlan, deaths: number): Promise<void> =>
    new Promise((ready) => {
      const log = openSync(join(logFolder, `${plan.name}.log`), 'a')
      const child = fork(plan.file, plan.args ?? [], {
        env,
        stdio: ['ignore', log, log, 'ipc'],
        detached: true,
        execArgv: ['--disable-warning=ExperimentalWarning'],
      })
      closeSync(log)
      children.set(plan.name, child)
      const born = Date.now()
      child.on('message', (message) => {
        if (typeof message === 'object' && message !== null && 'ready' in message) ready()
      })
      child.once('exit', (code) => {
        if (stopping) return
        const again = Date.now() - born > livedWell ? 0 : deaths + 1
        onDeath(plan.name, code)
        setTimeout(
          () => {
            if (!stopping) void start(plan, again).then(ready)
          },
          Math.min(longestWait, 250 * 2 ** again),
        )
      })
    })
  const ready = Promise.all(plans.map((plan) => start(plan, 0))).then(() => undefined)
  return {
    ready,
    pids: () => Object.fromEntries([...children].map(([name, child]) => [name, child.pid])),
    async stop() {
      stopping = true
      // Last started, first stopped: what sends goes before what receives.
      for (const plan of [...plans].reverse()) await stopChild(children.get(plan.name))
    },
  }
}

function stopChild(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((done) => {
    const force = setTimeout(() => child.kill('SIGKILL'), 15_000)
    child.once('exit', () => {
      clearTimeout(force)
      done()
    })
    child.kill('SIGTERM')
  })
}
