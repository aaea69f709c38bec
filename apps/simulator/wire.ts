/** A device's TCP link: comes back by itself, and spoils what it carries when told to. */
import { createConnection, type Socket } from 'node:net'
import { createSpoiler, type Faults } from './faults.ts'
import { chance } from './random.ts'

export type { Faults }

export interface WireOptions {
  host: string
  port: number
  seed: number
  faults?: Faults | undefined
  onOpen: () => void
  onData: (chunk: Uint8Array) => void
}

export interface Wire {
  readonly open: boolean
  send: (frame: Uint8Array) => void
  stop: () => Promise<void>
}

/** Waits before it calls again, in milliseconds. */
const shortestWait = 500
const longestWait = 15_000

export function openWire({ host, port, seed, faults = {}, onOpen, onData }: WireOptions): Wire {
  const next = chance(seed)
  const spoil = createSpoiler(faults, next)
  let socket: Socket | undefined
  let again: NodeJS.Timeout | undefined
  let wait = shortestWait
  let open = false
  let stopped = false

  function call(): void {
    const s = createConnection({ host, port, noDelay: true })
    socket = s
    s.on('connect', () => {
      open = true
      wait = shortestWait
      onOpen()
    })
    s.on('data', onData)
    s.on('error', () => undefined)
    s.on('close', () => {
      open = false
      if (stopped) return
      again = setTimeout(call, wait * (0.5 + next()))
      wait = Math.min(longestWait, wait * 2)
    })
  }
  call()
  return {
    get open() {
      return open
    },
    send(frame) {
      if (!open || !socket) return
      for (const piece of spoil(frame)) {
        if (piece !== 'cut') socket.write(piece)
        else {
          open = false
          socket.destroySoon()
          break
        }
      }
    },
    stop: () =>
      new Promise((done) => {
        stopped = true
        clearTimeout(again)
        if (!socket || socket.destroyed) return done()
        socket.once('close', () => done())
        socket.destroySoon()
        setTimeout(() => socket?.destroy(), 500).unref()
      }),
  }
}
