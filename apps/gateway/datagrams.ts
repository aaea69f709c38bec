/** JT/T 808 over UDP: a datagram is a stream of its own; who authenticated is remembered by the far end's address. */
import { createSocket } from 'node:dgram'
import { createJt808Stream } from '@pentad/jt808'
import type { Logger } from '@pentad/platform/log'
import { type Jt808Link, type Jt808Parts, jt808Link, passFrames } from './jt808.ts'
import type { Limits, Links } from './links.ts'

export interface DatagramOptions {
  bind: string
  port: number
  limits: Limits
  parts: Jt808Parts
  log: Logger
}

export async function listenUdp({ bind, port, limits, parts, log }: DatagramOptions): Promise<Links> {
  const socket = createSocket(bind.includes(':') ? 'udp6' : 'udp4')
  const links = new Map<string, { link: Jt808Link; heard: number }>()

  function forget(remote: string): void {
    links.get(remote)?.link.end()
    links.delete(remote)
  }

  socket.on('message', (datagram, from) => {
    // Nobody can be held up here: what is dropped is not answered, and sent again.
    if (parts.writer.full) return
    const remote = `${from.address}:${from.port}`
    const there = links.get(remote)
    links.delete(remote)
    const link =
      there?.link ??
      jt808Link(parts, {
        remote: from.address,
        known: () => undefined,
        say: (frame) => socket.send(frame, from.port, from.address, () => undefined),
      })
    // Kept in the order of the last word, so that the first is the one to forget.
    links.set(remote, { link, heard: Date.now() })
    const oldest = links.size > limits.sessions ? links.keys().next().value : undefined
    if (oldest !== undefined) forget(oldest)
    passFrames(parts.tally, createJt808Stream().push(datagram), link, from.address)
  })
  const timer = setInterval(() => {
    const before = Date.now() - limits.idleMs
    for (const [remote, { heard }] of links) {
      if (heard >= before) break
      forget(remote)
    }
  }, 10_000)
  await new Promise<void>((bound, failed) => {
    socket.once('error', failed)
    socket.bind(port, bind, bound)
  })
  socket.on('error', (error) => log.error({ err: error }, 'datagrams failed'))
  return {
    port: socket.address().port,
    async stop() {
      clearInterval(timer)
      await new Promise<void>((closed) => socket.close(closed))
    },
  }
}
