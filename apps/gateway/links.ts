/** TCP sessions with devices: so many for one address, so long without a word, so much unread; paused while writers are full. */
import { createServer, type Server, type Socket } from 'node:net'
import type { Logger } from '@pentad/platform/log'
import type { Batches } from './batches.ts'
import type { Tally } from './tally.ts'

export interface Limits {
  /** Carriers put whole fleets behind one address. */
  sessionsPerAddress: number
  sessions: number
  /** Without a good frame so far, in milliseconds. */
  strangerIdleMs: number
  /** Between two words of a device that has spoken. */
  idleMs: number
  /** Bytes of answers that a device has not read. */
  unreadBytes: number
}
export const defaultLimits: Limits = {
  sessionsPerAddress: 10_000,
  sessions: 20_000,
  strangerIdleMs: 60_000,
  idleMs: 600_000,
  unreadBytes: 65_536,
}

/** One conversation, whatever carries it. */
export interface Talk {
  take: (chunk: Uint8Array) => void
  end?: () => void
}
export interface Voice {
  say: (frame: Uint8Array) => void
  /** A good frame of a known device came. */
  known: () => void
  /** The far end, for counts. */
  remote: string
}

export interface Links {
  readonly port: number
  stop: () => Promise<void>
}

export interface LinkOptions {
  protocol: string
  bind: string
  port: number
  limits: Limits
  writer: Pick<Batches<unknown>, 'full' | 'onRoom'>
  tally: Tally
  log: Logger
  talk: (voice: Voice) => Talk
}

export async function listenTcp({
  protocol,
  bind,
  port,
  limits,
  writer,
  tally,
  log,
  talk,
}: LinkOptions): Promise<Links> {
  const perAddress = new Map<string, number>()
  const sockets = new Set<Socket>()
  const paused = new Set<Socket>()
  let awaitingRoom = false

  /** Answers of one commit to one device leave together: each system call costs more than all we reckon. */
  const corked: Socket[] = []
  function write(socket: Socket, frame: Uint8Array): void {
    if (socket.writableCorked === 0) {
      socket.cork()
      if (corked.push(socket) === 1) process.nextTick(uncork)
    }
    socket.write(frame)
  }
  function uncork(): void {
    for (const socket of corked.splice(0)) socket.uncork()
  }

  function hold(socket: Socket): void {
    socket.pause()
    paused.add(socket)
    if (awaitingRoom) return
    awaitingRoom = true
    writer.onRoom(() => {
      awaitingRoom = false
      for (const waiting of paused) waiting.resume()
      paused.clear()
    })
  }

  const server: Server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const remote = socket.remoteAddress ?? '?'
    const already = perAddress.get(remote) ?? 0
    if (already >= limits.sessionsPerAddress || sockets.size >= limits.sessions) {
      tally.reject(protocol, `${protocol}/too-many-sessions`, remote)
      socket.destroy()
      return
    }
    perAddress.set(remote, already + 1)
    sockets.add(socket)
    socket.setTimeout(limits.strangerIdleMs)
    const conversation = talk({
      remote,
      known: () => {
        if (socket.timeout !== limits.idleMs) socket.setTimeout(limits.idleMs)
      },
      say(frame) {
        if (socket.destroyed || !socket.writable) return
        if (socket.writableLength > limits.unreadBytes) {
          tally.reject(protocol, `${protocol}/does-not-read`, remote)
          socket.destroy()
        } else write(socket, frame)
      },
    })
    socket.on('data', (chunk: Buffer) => {
      conversation.take(chunk)
      if (writer.full) hold(socket)
    })
    socket.on('timeout', () => socket.destroy())
    socket.on('error', (error) => log.debug({ err: error, remote }, 'a session broke off'))
    socket.on('close', () => {
      conversation.end?.()
      sockets.delete(socket)
      paused.delete(socket)
      const left = (perAddress.get(remote) ?? 1) - 1
      if (left > 0) perAddress.set(remote, left)
      else perAddress.delete(remote)
    })
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, bind, listening)
  })
  server.on('error', (error) => log.error({ err: error, protocol }, 'the listener failed'))
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    async stop() {
      const closed = new Promise((done) => server.close(done))
      // Answers that were just written still go out.
      for (const socket of sockets) socket.destroySoon()
      const last = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, 500)
      await closed
      clearTimeout(last)
    },
  }
}
