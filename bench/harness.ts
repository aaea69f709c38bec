/** For benches: a demo of its own on free ports, people signed in to it, and figures told with their spread. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Client, client } from '@pentad/platform/client'
import { freePort } from '@pentad/platform/db/embedded'

const root = join(import.meta.dirname, '..')
const password = 'bench bench bench'

export interface Demo {
  base: string
  hj212Port: number
  jt808Port: number
  folder: string
  engineUrl: string
  /** Seconds that `./pentad up` took to say that it is ready. */
  readySeconds: number
  /** Name and process id of each process of the tree. */
  pids: Record<string, number>
  /** The same as of now: what died was started again. */
  pidsNow: () => Record<string, number>
  /** As when the plug is pulled: every process at once, none of them asked. */
  kill: () => void
  stop: () => Promise<void>
}

/** `./pentad up` on a folder; a folder that was used before starts again. */
export async function startDemo(
  folder = mkdtempSync(join(tmpdir(), 'pentad-bench-')),
  more: Record<string, string> = {},
): Promise<Demo> {
  const port = await freePort()
  const [hj212Port, jt808Port] = [await freePort(), await freePort()]
  const env = {
    ...process.env,
    PENTAD_DEMO_PASSWORD: password,
    PENTAD_RATE_FACTOR: '100000',
    PENTAD_LOG: 'warn',
    // Any that is free: benches run beside other cities.
    PENTAD_MQTT_PORT: '0',
    PENTAD_OSMAND_PORT: '0',
    ...more,
    PENTAD_HJ212_PORT: String(hj212Port),
    PENTAD_JT808_PORT: String(jt808Port),
  }
  const began = performance.now()
  const up = spawn(join(root, 'pentad'), ['up', '--data', folder, '--port', String(port)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await sayReady(up)
  const readySeconds = (performance.now() - began) / 1000
  const { port: enginePort, password: enginePassword } = JSON.parse(
    readFileSync(join(folder, 'engine.json'), 'utf8'),
  ) as { port: number; password: string }
  return {
    base: `http://127.0.0.1:${port}`,
    hj212Port,
    jt808Port,
    folder,
    engineUrl: `postgres://pentad:${enginePassword}@127.0.0.1:${enginePort}/postgres`,
    readySeconds,
    pids: processesBelow(up.pid ?? 0, folder),
    pidsNow: () => processesBelow(up.pid ?? 0, folder),
    kill: () => {
      const pids = Object.values(processesBelow(up.pid ?? 0, folder))
      const below = pids.flatMap((pid) => childrenOf(pid))
      // In one call, the launcher first: it must not start again what dies around it.
      spawnSync('kill', ['-9', ...new Set([...pids, ...below])].map(String))
    },
    stop: () =>
      new Promise((done) => {
        up.once('exit', () => done())
        up.kill('SIGINT')
      }),
  }
}

export const forget = (folder: string): void => rmSync(folder, { recursive: true, force: true })

function sayReady(up: ChildProcess): Promise<void> {
  return new Promise((ready, fail) => {
    if (!up.stdout) return fail(new Error('no output'))
    const heard: string[] = []
    createInterface({ input: up.stdout }).on('line', (line) => {
      heard.push(line)
      if (line.includes('Ready after')) ready()
    })
    up.once('exit', (code) => fail(new Error(`./pentad up ended (${code}):\n${heard.join('\n')}`)))
  })
}

/** Our processes by their program, and the engine's first. */
function processesBelow(parent: number, folder: string): Record<string, number> {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
  const found: Record<string, number> = { launcher: parent }
  for (const line of stdout.split('\n')) {
    const [, pid = '', ppid = '', args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    const name = /apps\/(\w+)\/main\.ts/.exec(args)?.[1]
    if (name && Number(ppid) === parent) found[name] = Number(pid)
    if (args.includes(`-D ${folder}/pg`) && args.includes('postgres')) found.engine = Number(pid)
  }
  return found
}

const childrenOf = (pid: number): number[] =>
  spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .map(Number)
    .filter(Boolean)

/** Proportional memory in MiB: shared pages are counted once over those who share them; an engine with its children. */
export function memoryMiB(pid: number): number {
  if (!existsSync(`/proc/${pid}/comm`)) return 0
  const postgres = readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres')
  const pids = postgres ? [pid, ...childrenOf(pid)] : [pid]
  return pids.reduce((sum, p) => sum + pssOf(p), 0) / 1024
}
function pssOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0 // It ended between the two looks.
  }
}

/** The cookie of one of the demo's people who has signed in. */
export async function signedInCookie(base: string, login: string): Promise<string> {
  const response = await fetch(`${base}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  })
  if (!response.ok) throw new Error(`${login}: ${await response.text()}`)
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}
/** A caller who has signed in as one of the demo's people. */
export const signedIn = async (base: string, login: string): Promise<Client> =>
  client(base, { headers: { cookie: await signedInCookie(base, login) }, fetch: leanFetch })

const agent = new Agent({ keepAlive: true })
/** What a client needs of fetch at a third of its cost: the caller's share of the machine should be small. */
const leanFetch = ((
  url: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body?: string | Uint8Array },
) =>
  new Promise((done, fail) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', fail)
      response.on('end', () => {
        const status = response.statusCode ?? 0
        done({
          ok: status >= 200 && status < 300,
          status,
          json: async () => JSON.parse(Buffer.concat(chunks).toString()),
        })
      })
    })
    sent.on('error', fail)
    sent.end(body)
  })) as unknown as typeof fetch

/** What a process, an engine with its children, has used of the processor so far, in milliseconds; on a busy machine it says more than the clock. */
export function cpuMs(pid: number): number {
  const of = (p: number): number => {
    try {
      const fields = readFileSync(`/proc/${p}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      // Own time, the kernel's, and that of children that have ended, in ticks of 10 ms.
      return [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0) * 10
    } catch {
      return 0
    }
  }
  return of(pid) + childrenOf(pid).reduce((sum, p) => sum + of(p), 0)
}

/** A fresh demo still lays what is searched and drawn; a city that runs has done so long ago. Milliseconds of patience. */
export async function settled({ pids }: Demo, patienceMs = 300_000): Promise<void> {
  const until = performance.now() + patienceMs
  const used = () => cpuMs(pids.worker ?? 0) + cpuMs(pids.server ?? 0)
  for (let calm = 0; calm < 3 && performance.now() < until; ) {
    const before = used()
    await new Promise((go) => setTimeout(go, 1500))
    calm = used() - before < 150 ? calm + 1 : 0
  }
}

export function spread(values: readonly number[]): { median: number; low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
  return { median, low: sorted[0] ?? 0, high: sorted.at(-1) ?? 0 }
}
export const told = (values: readonly number[], digits = 0): string => {
  const { median, low, high } = spread(values)
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
