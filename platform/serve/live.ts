/** `/api/live`: news to those who may hear of them, positions by what is in view. A slow listener loses frames, not memory. */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import type { Db } from '../db/index.ts'
import { type Box, inBox } from '../geo.ts'
import type { LiveWord } from '../live.ts'
import type { Logger } from '../log.ts'
import { endOfNews, type News, newsAfter, type Place } from '../news.ts'
import { type Actor, holds, permits } from '../rights.ts'
import { nobody } from './served.ts'

/** Something that moves: read once for all listeners, shown to each as far as it is in view and permitted. */
export interface LiveItem {
  lon: number
  lat: number
  areaCode: string | null
  unitId: string | null
}
export interface LiveSource<T extends LiveItem = LiveItem> {
  everyMs: number
  may: string
  /** What changed after the cursor; null asks for nothing but the cursor to begin with. */
  changed: (db: Db, cursor: string | null) => Promise<{ cursor: string; items: T[] }>
  frame: (items: T[]) => Uint8Array
}

export interface LiveParts {
  db: Db
  log: Logger
  clock: () => Date
  sources: readonly LiveSource<never>[]
  actorOf: (request: FastifyRequest) => Promise<Actor>
}

const Wish = z.discriminatedUnion('type', [
  z.object({ type: z.literal('watch'), box: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable() }),
  z.object({ type: z.literal('follow'), topic: z.string().max(64) }),
])

interface Listener {
  socket: WebSocket
  actor: Actor
  box: Box | null
  follows: Set<string>
}

const newsEveryMs = 150
const helloEveryMs = 10_000
/** Bytes waiting for a listener beyond which frames are dropped for it. */
const mostWaiting = 1024 * 1024
const mostFollowed = 20
const mostListeners = 5000

export function serveLive(server: FastifyInstance, { db, log, clock, sources, actorOf }: LiveParts): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 4096 })
  const listeners = new Set<Listener>()
  const waiting = new Map<IncomingMessage, Actor>()
  const timers: NodeJS.Timeout[] = []

  server.get('/api/live', async (request, reply) => reply.code(426).send({ title: `${request.url} is a WebSocket` }))
  server.server.on('upgrade', (message, socket, head) => {
    const refuse = (line: string) => socket.end(`HTTP/1.1 ${line}\r\nconnection: close\r\n\r\n`)
    if (message.url?.split('?')[0] !== '/api/live') return refuse('404 Not Found')
    if (listeners.size >= mostListeners) return refuse('503 Service Unavailable')
    const { origin, host } = message.headers
    if (origin && new URL(origin).host !== host) return refuse('403 Forbidden')
    const cookies = server.parseCookie(message.headers.cookie ?? '')
    actorOf({ cookies } as unknown as FastifyRequest).then(
      (actor) => {
        waiting.set(message, actor)
        sockets.handleUpgrade(message, socket, head, (ws) => sockets.emit('connection', ws, message))
      },
      () => refuse('503 Service Unavailable'),
    )
  })
  sockets.on('connection', (socket: WebSocket, message: IncomingMessage) => {
    const listener: Listener = { socket, actor: waiting.get(message) ?? nobody, box: null, follows: new Set() }
    waiting.delete(message)
    listeners.add(listener)
    socket.on('close', () => listeners.delete(listener))
    socket.on('error', () => socket.terminate())
    socket.on('message', (data) => hearWish(listener, String(data)))
    say(listener, { type: 'hello', at: clock().toISOString() })
  })

  let place: Place | undefined
  let passing = false
  timers.push(
    setInterval(() => {
      if (passing) return
      passing = true
      passNews()
        .catch((error) => log.warn({ err: error }, 'live news paused'))
        .finally(() => {
          passing = false
        })
    }, newsEveryMs),
    setInterval(() => {
      for (const listener of listeners) say(listener, { type: 'hello', at: clock().toISOString() })
    }, helloEveryMs),
  )
  async function passNews(): Promise<void> {
    if (listeners.size === 0) {
      place = undefined
      return
    }
    place ??= await endOfNews(db)
    const news = await newsAfter(db, place)
    for (const item of news) {
      place = { xid: item.xid, seq: item.seq }
      const word: LiveWord = { type: 'news', topic: item.topic, about: item.about, at: item.at.toISOString() }
      for (const listener of listeners) if (mayHear(listener, item)) say(listener, word)
      if (item.publicTopic) {
        const bare: LiveWord = { type: 'news', topic: item.publicTopic, about: {}, at: item.at.toISOString() }
        for (const listener of listeners) if (listener.follows.has(item.publicTopic)) say(listener, bare)
      }
    }
  }

  for (const source of sources) timers.push(runSource(source as unknown as LiveSource, db, listeners, log))
  server.addHook('onClose', async () => {
    for (const timer of timers) clearInterval(timer)
    for (const { socket } of listeners) socket.terminate()
    sockets.close()
  })
}

function runSource(source: LiveSource, db: Db, listeners: Set<Listener>, log: Logger): NodeJS.Timeout {
  let cursor: string | null = null
  let reading = false
  return setInterval(() => {
    const watching = [...listeners].filter((l) => l.box !== null && holds(l.actor, source.may))
    if (watching.length === 0) {
      cursor = null
      return
    }
    if (reading) return
    reading = true
    source
      .changed(db, cursor)
      .then(({ cursor: next, items }) => {
        cursor = next
        for (const { socket, box, actor } of watching) {
          if (!box || socket.bufferedAmount > mostWaiting) continue
          const seen = items.filter(
            (i) =>
              inBox([i.lon, i.lat], box) &&
              permits(actor, source.may, { areaCode: i.areaCode, units: i.unitId ? [i.unitId] : [] }),
          )
          if (seen.length) socket.send(source.frame(seen))
        }
      })
      .catch((error) => log.warn({ err: error }, 'live positions paused'))
      .finally(() => {
        reading = false
      })
  }, source.everyMs)
}

function hearWish(listener: Listener, text: string): void {
  let wish: z.infer<typeof Wish>
  try {
    wish = Wish.parse(JSON.parse(text))
  } catch {
    listener.socket.close(1008, 'not a wish')
    return
  }
  if (wish.type === 'watch') listener.box = wish.box
  else if (listener.follows.size < mostFollowed) listener.follows.add(wish.topic)
}

const mayHear = ({ actor }: Listener, { may, areaCode, units }: News): boolean =>
  may !== null && permits(actor, may, { areaCode, units })

function say({ socket }: Listener, word: LiveWord): void {
  if (socket.readyState !== socket.OPEN) return
  // News carry no state: whoever is too slow is cut off, comes back and asks again.
  if (socket.bufferedAmount > mostWaiting) socket.terminate()
  else socket.send(JSON.stringify(word))
}
