/**
 * TCP sessions with devices: so many for one address, so long without a good frame, so much unread; held up while writers are
 * full. When all places are taken, the oldest session that has not said anything good makes room: strangers cannot keep devices out.
 */
import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { Logger } from '@pentad/platform/log'
import type { Batches } from './batches.ts'
import type { Tally } from './tally.ts'

export interface Limits {
  /** Carriers put whole fleets behind one address. */
  sessionsPerAddress: number
  sessions: number
  /** Until the first good frame, in milliseconds, however many bytes come. */
  strangerIdleMs: number
  /** Between two good frames of a device that has spoken. */
  idleMs: number
  /** Bytes of answers that a device has not read. */
  unreadBytes: number
  /** Of one session; more is held up, not refused. A picture or a day kept in a dead spot may come at once. */
  bytesPerSecond: number
  bytesAtOnce: number
}
export const defaultLimits: Limits = {
  sessionsPerAddress: 10_000,
  sessions: 20_000,
  strangerIdleMs: 60_000,
  idleMs: 600_000,
  unreadBytes: 65_536,
  bytesPerSecond: 262_144,
  bytesAtOnce: 2_097_152,
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
  writer: Pick<Batches<unknown>, 'full' | 'stalled' | 'onRoom'>
  tally: Tally
  log: Logger
  talk: (voice: Voice) => Talk
}

/** Descriptors that are not for devices: the database's connections, listeners, files. */
const descriptorsKeptBack = 500

/** How many sessions the machine lets this process hold, of which a protocol takes its share: a flood of one leaves the others theirs. */
export function sessionsWithin(wanted: number, share: number, descriptors = descriptorLimit()): number {
  return Math.max(1, Math.min(wanted, Math.floor((descriptors - descriptorsKeptBack) * share)))
}
function descriptorLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return Number(soft) || Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY // No such file on this system: its own limit will say so.
  }
}

interface Session {
  socket: Socket
  remote: string
  talk: Talk
  known: boolean
  /** Of the last good frame, at first of the call. */
  goodAt: number
  /** Came when nothing could be taken, and waits with its session. */
  held: Buffer | undefined
  /** Bytes that it may bring now, and when that was. */
  allowance: number
  at: number
  /** It brought too much, and is not listened to for a moment. */
  resting: boolean
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
  const sessions = new Set<Session>()
  /** In the order in which they called. */
  const strangers = new Set<Session>()
  const waiting = new Set<Session>()
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
  /** What we hold together ourselves is not what the device leaves unread. */
  function leavesUnread(socket: Socket): boolean {
    if (socket.writableLength > limits.unreadBytes && socket.writableCorked > 0) socket.uncork()
    return socket.writableLength > limits.unreadBytes
  }

  function hold(session: Session, chunk: Buffer): void {
    session.held = chunk
    session.socket.pause()
    waiting.add(session)
    awaitRoom()
  }
  function awaitRoom(): void {
    if (awaitingRoom) return
    awaitingRoom = true
    writer.onRoom(() => {
      awaitingRoom = false
      // One after the other: all at once would bring far more than there is room for.
      for (const session of waiting) {
        if (writer.full) {
          awaitRoom()
          return
        }
        waiting.delete(session)
        const chunk = session.held
        session.held = undefined
        session.goodAt = Date.now()
        if (chunk) session.talk.take(chunk)
        if (!session.resting) session.socket.resume()
      }
    })
  }
  function slow(session: Session, bytes: number): void {
    const now = Date.now()
    const earned = ((now - session.at) / 1000) * limits.bytesPerSecond
    session.allowance = Math.min(limits.bytesAtOnce, session.allowance + earned) - bytes
    session.at = now
    if (session.allowance >= 0) return
    session.resting = true
    session.socket.pause()
    setTimeout(
      () => {
        session.resting = false
        if (!waiting.has(session)) session.socket.resume()
      },
      (-session.allowance / limits.bytesPerSecond) * 1000,
    )
  }

  function leave(session: Session): void {
    if (!sessions.delete(session)) return
    strangers.delete(session)
    waiting.delete(session)
    session.held = undefined
    session.talk.end?.()
    const left = (perAddress.get(session.remote) ?? 1) - 1
    if (left > 0) perAddress.set(session.remote, left)
    else perAddress.delete(session.remote)
  }
  function hangUp(session: Session): void {
    leave(session)
    session.socket.destroy()
  }
  /** False when there is no place, and nobody who should give up his. */
  function roomFor(remote: string): boolean {
    if ((perAddress.get(remote) ?? 0) >= limits.sessionsPerAddress) return false
    if (sessions.size < limits.sessions) return true
    const [oldest] = strangers
    if (!oldest) return false
    tally.reject(protocol, `${protocol}/too-many-sessions`, oldest.remote)
    hangUp(oldest)
    return true
  }

  const server: Server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    const remote = socket.remoteAddress ?? '?'
    socket.on('error', (error) => log.debug({ err: error, remote }, 'a session broke off'))
    if (!roomFor(remote)) {
      tally.reject(protocol, `${protocol}/too-many-sessions`, remote)
      socket.destroy()
      return
    }
    perAddress.set(remote, (perAddress.get(remote) ?? 0) + 1)
    const voice: Voice = {
      remote,
      known() {
        session.goodAt = Date.now()
        if (session.known) return
        session.known = true
        strangers.delete(session)
      },
      say(frame) {
        if (socket.destroyed || !socket.writable) return
        if (leavesUnread(socket)) {
          tally.reject(protocol, `${protocol}/does-not-read`, remote)
          hangUp(session)
        } else write(socket, frame)
      },
    }
    const now = Date.now()
    const session: Session = {
      socket,
      remote,
      talk: talk(voice),
      known: false,
      goodAt: now,
      held: undefined,
      allowance: limits.bytesAtOnce,
      at: now,
      resting: false,
    }
    sessions.add(session)
    strangers.add(session)
    socket.on('data', (chunk: Buffer) => {
      if (writer.full) hold(session, chunk)
      else session.talk.take(chunk)
      slow(session, chunk.length)
    })
    socket.on('close', () => leave(session))
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, bind, listening)
  })
  server.on('error', (error) => log.error({ err: error, protocol }, 'the listener failed'))

  // By good frames and not by bytes: one byte a second is no sign of life. Whom we hold up ourselves is not to blame.
  let heldUpAt = 0
  const sweep = setInterval(
    () => {
      const now = Date.now()
      if (writer.full || writer.stalled) heldUpAt = now
      for (const session of sessions) {
        const since = Math.max(session.goodAt, session.known ? heldUpAt : 0)
        if (waiting.has(session) || now - since <= (session.known ? limits.idleMs : limits.strangerIdleMs)) continue
        if (!session.known) tally.reject(protocol, `${protocol}/nothing-good`, session.remote)
        hangUp(session)
      }
    },
    Math.max(50, Math.min(5000, limits.strangerIdleMs / 4, limits.idleMs / 4)),
  )
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    async stop() {
      clearInterval(sweep)
      const closed = new Promise((done) => server.close(done))
      // Answers that were just written still go out.
      for (const { socket } of sessions) socket.destroySoon()
      const last = setTimeout(() => {
        for (const { socket } of sessions) socket.destroy()
      }, 500)
      await closed
      clearTimeout(last)
    },
  }
}
