/** Before the stories: a demo city of their own, in a folder and on ports of its own; gone afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Milliseconds: a first start builds the pages and lays three years of cases. */
const patience = 10 * 60_000

/** The password of every demo account in the stories. */
export const password = process.env.PENTAD_STORY_PASSWORD ?? 'stories-of-the-city'

/** Where the city answers; its pages, and what stories and devices talk to. */
export const city = () => ({
  base: process.env.PENTAD_STORY_BASE ?? '',
  hj212Port: Number(process.env.PENTAD_STORY_HJ212_PORT),
  jt808Port: Number(process.env.PENTAD_STORY_JT808_PORT),
})

async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done))
      return server
    }),
  )
  const ports = held.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  })
  await Promise.all(held.map((server) => new Promise((done) => server.close(done))))
  return ports
}

/** Resolves when the city says that it is ready; throws with all that it said when it does not. */
function ready(child: ChildProcess, logs: string): Promise<void> {
  return new Promise((done, fail) => {
    let said = ''
    const inVain = (why: string) => {
      const told = globSync(join(logs, '*.log')).map((f) => `--- ${f}\n${readFileSync(f, 'utf8').slice(-4000)}`)
      fail(new Error([`the demo city ${why}:`, said, ...told].join('\n')))
    }
    const timer = setTimeout(() => inVain('did not come up in time'), patience)
    const hear = (text: string) => {
      said += text
      if (!said.includes('Ready after')) return
      clearTimeout(timer)
      done()
    }
    child.stdout?.setEncoding('utf8').on('data', hear)
    child.stderr?.setEncoding('utf8').on('data', hear)
    child.once('exit', (code) => {
      clearTimeout(timer)
      inVain(`ended with code ${code}`)
    })
  })
}

export default async function bringUp(): Promise<() => Promise<void>> {
  // While a story is being written: against a city that runs already.
  if (process.env.PENTAD_STORY_BASE) return async () => undefined
  const folder = mkdtempSync(join(tmpdir(), 'pentad-stories-'))
  const [port = 0, hj212 = 0, jt808 = 0] = await freePorts(3)
  const child = spawn(join(root, 'pentad'), ['up', '--data', folder], {
    cwd: root,
    env: {
      ...process.env,
      PENTAD_PORT: String(port),
      PENTAD_HJ212_PORT: String(hj212),
      PENTAD_JT808_PORT: String(jt808),
      PENTAD_MQTT_PORT: '0',
      PENTAD_OSMAND_PORT: '0',
      PENTAD_DEMO_PASSWORD: password,
      PENTAD_RATE_FACTOR: '100',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = () =>
    new Promise<void>((done) => {
      const gone = () => {
        rmSync(folder, { recursive: true, force: true })
        done()
      }
      if (child.exitCode !== null) return gone()
      const force = setTimeout(() => child.kill('SIGKILL'), 60_000)
      child.once('exit', () => {
        clearTimeout(force)
        gone()
      })
      child.kill('SIGTERM')
    })
  try {
    await ready(child, join(folder, 'logs'))
  } catch (error) {
    await end()
    throw error
  }
  process.env.PENTAD_STORY_BASE = `http://127.0.0.1:${port}`
  process.env.PENTAD_STORY_HJ212_PORT = String(hj212)
  process.env.PENTAD_STORY_JT808_PORT = String(jt808)
  return end
}
