/**
 * The live line `/api/live`: one WebSocket that comes back by itself, for weeks. News say that something changed; after a
 * break the pages are told to ask again, since what was said meanwhile is lost.
 */
import type { LiveNews, LiveWish, LiveWord } from '@pentad/platform/live'
import { type Ref, ref } from 'vue'

export type LiveState = 'online' | 'offline'
export type Box = [west: number, south: number, east: number, north: number]

export interface Live {
  state: Ref<LiveState>
  /** Milliseconds from the event to this screen, of the latest word; null until something was said. */
  latencyMs: Ref<number | null>
  onNews(listener: (news: LiveNews) => void): () => void
  /** Frames of the live picture (`readFrame` reads them); who begins to listen is told all that is in view. */
  onFrame(listener: (frame: ArrayBuffer) => void): () => void
  /** The line is back after a break: ask again for what you show. */
  onReturn(listener: () => void): () => void
  /** What lies inside this box, or nothing; counts of these kinds (bits). */
  watch(box: Box | null, kinds?: number): void
  follow(topic: string): void
  close(): void
}

/** Milliseconds before the next try: doubling from 0.5 s to 15 s, spread so that a thousand screens do not come back at once. */
export const backOff = (tries: number, chance = Math.random()): number =>
  Math.min(15_000, 500 * 2 ** Math.min(tries, 10)) * (0.7 + 0.6 * chance)

/** Milliseconds of silence after which a line that still looks open is renewed: a cable pulled far away closes no socket. */
export const silenceAllowed = 90_000

/** The server's clock against ours: the smallest difference seen is the one least delayed on its way. */
export function latencyMeter() {
  let offset = Number.POSITIVE_INFINITY
  return (said: string, now: number): number => {
    const difference = now - Date.parse(said)
    offset = Math.min(offset, difference)
    return Math.max(0, difference - offset)
  }
}

function listeners<T>() {
  const set = new Set<(x: T) => void>()
  return {
    tell: (x: T) => {
      for (const listener of set) listener(x)
    },
    add: (listener: (x: T) => void) => {
      set.add(listener)
      return () => set.delete(listener)
    },
  }
}

const liveUrl = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`

export function openLive(url: string = liveUrl()): Live {
  const state: Ref<LiveState> = ref('offline')
  const latencyMs: Ref<number | null> = ref(null)
  const news = listeners<LiveNews>()
  const frames = listeners<ArrayBuffer>()
  const returns = listeners<void>()
  const measure = latencyMeter()
  const topics = new Set<string>()
  let box: Box | null = null
  let kinds: number | undefined
  let anew = false
  let socket: WebSocket | null = null
  let tries = 0
  let closed = false
  let wasOnline = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined

  const wish = (w: LiveWish): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(w))
  }

  function look(): void {
    wish({ type: 'watch', box, ...(kinds === undefined ? {} : { kinds }), ...(anew ? { anew } : {}) })
    if (socket?.readyState === WebSocket.OPEN) anew = false
  }
  function onFrame(listener: (frame: ArrayBuffer) => void): () => void {
    anew = true
    if (box) look()
    return frames.add(listener)
  }

  function hear(word: LiveWord): void {
    const late = measure(word.at, Date.now())
    if (word.type === 'news') {
      latencyMs.value = late
      news.tell(word)
    }
  }

  function heard(): void {
    clearTimeout(silence)
    silence = setTimeout(() => {
      const old = socket
      socket = null
      old?.close()
      connect()
    }, silenceAllowed)
  }

  function connect(): void {
    clearTimeout(timer)
    if (closed || socket) return
    const opened = new WebSocket(url)
    opened.binaryType = 'arraybuffer'
    socket = opened
    heard()
    opened.onopen = () => {
      tries = 0
      state.value = 'online'
      look()
      for (const topic of topics) wish({ type: 'follow', topic })
      if (wasOnline) returns.tell()
      wasOnline = true
    }
    opened.onmessage = ({ data }) => {
      heard()
      if (typeof data === 'string') hear(JSON.parse(data) as LiveWord)
      else frames.tell(data as ArrayBuffer)
    }
    opened.onclose = () => {
      if (socket !== opened) return
      socket = null
      clearTimeout(silence)
      state.value = 'offline'
      if (!closed) timer = setTimeout(connect, backOff(tries++))
    }
  }
  const hurry = (): void => {
    tries = 0
    connect()
  }
  // The browser knows of a lost cable sooner than the socket does.
  const lost = (): void => socket?.close()
  addEventListener('online', hurry)
  addEventListener('offline', lost)
  connect()

  return {
    state,
    latencyMs,
    onNews: news.add,
    onFrame,
    onReturn: returns.add,
    watch(wanted, of) {
      box = wanted
      kinds = of
      look()
    },
    follow(topic) {
      topics.add(topic)
      wish({ type: 'follow', topic })
    },
    close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(silence)
      removeEventListener('online', hurry)
      removeEventListener('offline', lost)
      socket?.close()
    },
  }
}
