/** `/api/live`: news to those who may hear of them, positions by what is in view. A slow listener loses frames, not memory. */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import type { Db } from '../db/index.ts'
import type { LiveWord } from '../live.ts'
import type { Logger } from '../log.ts'
import { endOfNews, type News, newsAfter, type Place } from '../news.ts'
import { rectOf } from '../picture.ts'
import { type Actor, holds, permits } from '../rights.ts'
import { type LiveSource, type Looker, pictureOf } from './picture/index.ts'
import { nobody } from './served.ts'

export interface LiveParts {
  db: Db
  log: Logger
  clock: () => Date
  sources: readonly LiveSource[]
  actorOf: (request: FastifyRequest) => Promise<Actor>
}

const Wish = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('watch'),
    box: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
    anew: z.boolean().default(false),
    kinds: z.number().int().min(0).max(0xffff_ffff).default(0xffff_ffff),
  }),
  z.object({ type: z.literal('follow'), topic: z.string().max(64) }),
])

interface Listener {
  socket: WebSocket
  actor: Actor
  /** As it looks at each picture that it may see. */
  looks: Looker[]
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
  const pictures = sources.map((source) => ({ source, picture: pictureOf(source) }))

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
    const listener: Listener = { socket, actor: waiting.get(message) ?? nobody, looks: [], follows: new Set() }
    waiting.delete(message)
    listeners.add(listener)
    for (const { picture, source } of pictures)
      if (holds(listener.actor, source.may)) {
        const looker = lookerOf(listener)
        listener.looks.push(looker)
        picture.add(looker)
      }
    socket.on('close', () => {
      listeners.delete(listener)
      for (const { picture } of pictures) for (const looker of listener.looks) picture.remove(looker)
    })
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

  for (const { picture, source } of pictures) {
    let turning = false
    timers.push(
      setInterval(() => {
        if (turning) return
        turning = true
        picture
          .turn(db, clock().getTime())
          .catch((error) => log.warn({ err: error }, 'live picture paused'))
          .finally(() => {
            turning = false
          })
      }, source.everyMs),
    )
  }
  server.addHook('onClose', async () => {
    for (const timer of timers) clearInterval(timer)
    for (const { socket } of listeners) socket.terminate()
    sockets.close()
  })
}

const lookerOf = ({ socket, actor }: Listener): Looker => ({
  actor,
  rect: null,
  anew: false,
  kinds: 0xffff_ffff,
  waiting: () => socket.bufferedAmount,
  send: (frame) => socket.readyState === socket.OPEN && socket.send(frame),
})

function hearWish(listener: Listener, text: string): void {
  let wish: z.infer<typeof Wish>
  try {
    wish = Wish.parse(JSON.parse(text))
  } catch {
    listener.socket.close(1008, 'not a wish')
    return
  }
  if (wish.type === 'watch')
    for (const looker of listener.looks) {
      looker.rect = wish.box && rectOf(wish.box)
      looker.kinds = wish.kinds
      looker.anew ||= wish.anew || wish.box === null
    }
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
