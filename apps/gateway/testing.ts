/** For tests: a device's end of a link, and a way to the database that can be cut. */
import { createConnection, createServer, type Socket } from 'node:net'
import { createHj212Stream, type Hj212Message } from '@pentad/hj212'
import { createJt808Stream, decodeMessage, type Jt808Message } from '@pentad/jt808'
import { afterAll } from 'vitest'

export interface Peer<Message> {
  send: (...bytes: Uint8Array[]) => void
  /** The next message that the platform says, in order. */
  heard: () => Promise<Message>
  /** All that were heard and not yet asked for. */
  unread: readonly Message[]
  closed: Promise<void>
  socket: Socket
}

async function connect<Message>(port: number, read: () => (chunk: Uint8Array) => Message[]): Promise<Peer<Message>> {
  const socket = createConnection({ port, host: '127.0.0.1' })
  const take = read()
  const unread: Message[] = []
  const asked: ((m: Message) => void)[] = []
  socket.on('data', (chunk) => {
    for (const message of take(chunk)) {
      const answer = asked.shift()
      if (answer) answer(message)
      else unread.push(message)
    }
  })
  socket.on('error', () => undefined)
  const closed = new Promise<void>((done) => socket.once('close', () => done()))
  await new Promise((open) => socket.once('connect', open))
  afterAll(() => socket.destroy())
  return {
    socket,
    unread,
    closed,
    send: (...bytes) => {
      for (const b of bytes) socket.write(b)
    },
    heard: () => {
      const first = unread.shift()
      return first === undefined ? new Promise((done) => asked.push(done)) : Promise.resolve(first)
    },
  }
}

export const monitorAt = (port: number): Promise<Peer<Hj212Message>> =>
  connect(port, () => {
    const stream = createHj212Stream()
    return (chunk) => stream.push(chunk).flatMap((r) => (r.ok ? [r.frame.message] : []))
  })

export const terminalAt = (port: number): Promise<Peer<Jt808Message>> =>
  connect(port, () => {
    const stream = createJt808Stream()
    return (chunk) => stream.push(chunk).flatMap(readingsOf)
  })

export function readingsOf(result: ReturnType<ReturnType<typeof createJt808Stream>['push']>[number]): Jt808Message[] {
  if (!result.ok) return []
  const reading = decodeMessage(result.frame)
  return reading.ok ? [reading.message] : []
}

/** A wire to the database that can be pulled and plugged in again. */
export async function cuttableWire(databaseUrl: string): Promise<{ url: string; cut: () => void; mend: () => void }> {
  const far = new URL(databaseUrl)
  const pairs = new Set<Socket>()
  let cut = false
  const server = createServer((near) => {
    near.on('error', () => undefined)
    if (cut) {
      near.destroy()
      return
    }
    const there = createConnection({ host: far.hostname, port: Number(far.port) })
    there.on('error', () => near.destroy())
    for (const socket of [near, there]) {
      pairs.add(socket)
      socket.on('close', () => pairs.delete(socket))
    }
    near.on('close', () => there.destroy())
    there.on('close', () => near.destroy())
    near.pipe(there).pipe(near)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterAll(() => {
    for (const socket of pairs) socket.destroy()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href,
    cut() {
      cut = true
      for (const socket of pairs) socket.destroy()
    },
    mend() {
      cut = false
    },
  }
}
