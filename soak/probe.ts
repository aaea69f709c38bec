/** Ordinary devices beside an attack: each sends once a second by its protocol, and how long its answer takes is kept. */
import { Agent, request } from 'node:http'
import { createConnection, type Socket } from 'node:net'
import { createHj212Stream, encodeReport, formatQn } from '@pentad/hj212'
import { createJt808Stream, decodeMessage, encodeMessage, type OutgoingMessage } from '@pentad/jt808'
import mqtt from 'mqtt'
import { addressesOf, type FleetSizes, type Ports, tokenOf } from './fleet.ts'

export type Spoken = 'hj212' | 'jt808' | 'mqtt' | 'osmand'
export interface Probe {
  /** Milliseconds of each answer since the last time this was asked, by protocol. */
  take: () => Record<Spoken, number[]>
  /** Said and not answered for. */
  unanswered: () => number
  /** How often a device was hung up on. */
  hungUpOn: () => number
  /** True once every device was answered for the first time. */
  ready: () => boolean
  stop: () => Promise<void>
}

const again = 500

export function startProbe({
  ports,
  sizes,
  everyMs = 1000,
}: {
  ports: Ports
  sizes: FleetSizes
  everyMs?: number
}): Probe {
  const all = addressesOf(sizes)
  let latencies: Record<Spoken, number[]> = { hj212: [], jt808: [], mqtt: [], osmand: [] }
  const awaited = new Map<string, number>()
  const heard = new Set<string>()
  const stops: (() => unknown)[] = []
  let hungUp = 0
  let stopped = false
  const wanted = all.monitors.length + all.vehicles.length + all.phones.length + all.sensors.length

  const said = (key: string) => void awaited.set(key, performance.now())
  function answered(protocol: Spoken, device: string, key: string): void {
    const at = awaited.get(key)
    if (at === undefined) return
    awaited.delete(key)
    heard.add(device)
    latencies[protocol].push(performance.now() - at)
  }
  function each(devices: readonly string[], speak: (device: string) => void): void {
    devices.forEach((device, n) => {
      stops.push(
        clearLater(
          setTimeout(
            () => stops.push(clearLater(setInterval(() => speak(device), everyMs))),
            (everyMs * n) / devices.length,
          ),
        ),
      )
    })
  }
  const clearLater = (timer: NodeJS.Timeout) => () => clearTimeout(timer)
  /** A line that comes back by itself. */
  function line(
    port: number,
    onOpen: (socket: Socket) => void,
    onData: (chunk: Uint8Array) => void,
  ): () => Socket | undefined {
    let socket: Socket | undefined
    let open = false
    const call = () => {
      socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
      socket.on('connect', () => {
        open = true
        if (socket) onOpen(socket)
      })
      socket.on('data', onData)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open = false
        if (stopped) return
        hungUp++
        setTimeout(call, again)
      })
    }
    call()
    stops.push(() => socket?.destroy())
    return () => (open ? socket : undefined)
  }

  // Each instant of a device once: the clocks of these run backwards from an hour ago.
  let ticks = 0
  const begin = Math.floor(Date.now() / 1000) - 3600
  const nextSecond = () => (begin - ticks++) * 1000

  const monitors = new Map(
    all.monitors.map((mn) => {
      const stream = createHj212Stream()
      const socketOf = line(
        ports.hj212,
        () => undefined,
        (chunk) => {
          for (const r of stream.push(chunk)) if (r.ok) answered('hj212', mn, `${mn} ${r.frame.message.qn}`)
        },
      )
      return [mn, socketOf] as const
    }),
  )
  let lastQn = 0
  each(all.monitors, (mn) => {
    const socket = monitors.get(mn)?.()
    if (!socket) return
    lastQn = Math.max(lastQn + 1, Date.now())
    const qn = formatQn(new Date(lastQn))
    said(`${mn} ${qn}`)
    const values = [{ factor: 'LA', rtd: 50, flag: 'N' }]
    for (const frame of encodeReport({
      qn,
      st: '23',
      cn: '2011',
      pw: '1',
      mn,
      dataTime: new Date(nextSecond()),
      values,
    }))
      socket.write(frame)
  })

  const vehicles = new Map(
    all.vehicles.map((phone) => {
      const stream = createJt808Stream()
      const state = { serial: 0, ready: false }
      const say = (message: OutgoingMessage): number => {
        const own = state.serial
        for (const frame of encodeMessage({ phone, revision: 2013 }, own, message)) socketOf()?.write(frame)
        state.serial = (own + 1) & 0xffff
        return own
      }
      const socketOf = line(
        ports.jt808,
        () => {
          state.ready = false
          const plate = phone.slice(-7)
          const who = { province: 11, city: 101, maker: 'PROBE', model: 'P', terminalId: plate, plateColour: 1, plate }
          say({ kind: 'register', layout: 2013, ...who })
        },
        (chunk) => {
          for (const r of stream.push(chunk)) {
            const reading = r.ok ? decodeMessage(r.frame) : undefined
            if (!reading?.ok) continue
            const { message } = reading
            if (message.kind === 'register-answer' && message.token) say({ kind: 'auth', token: message.token })
            if (message.kind !== 'platform-ack') continue
            if (message.ackedId === 0x0102) state.ready = message.result === 0
            else if (message.result === 0) answered('jt808', phone, `${phone} ${message.ackedSerial}`)
          }
        },
      )
      return [phone, { socketOf, state, say }] as const
    }),
  )
  each(all.vehicles, (phone) => {
    const vehicle = vehicles.get(phone)
    if (!vehicle?.state.ready || !vehicle.socketOf()) return
    said(`${phone} ${vehicle.state.serial}`)
    const time = new Date(nextSecond())
    vehicle.say({ kind: 'position', position: { fixed: true, latitudeDeg: 39.9, longitudeDeg: 116.4, time } })
  })

  const clients = new Map(
    all.sensors.map((login) => {
      const client = mqtt.connect({
        host: '127.0.0.1',
        port: ports.mqtt,
        protocolVersion: 4,
        clientId: login,
        username: login,
        password: tokenOf(login),
        reconnectPeriod: again,
      })
      client.on('error', () => undefined)
      client.on('close', () => {
        if (!stopped) hungUp++
      })
      stops.push(() => client.endAsync(true))
      return [login, client] as const
    }),
  )
  let messages = 0
  each(all.sensors, (login) => {
    const client = clients.get(login)
    if (!client?.connected) return
    const key = `${login} ${messages++}`
    said(key)
    const payload = JSON.stringify({ t: nextSecond(), level: 0.1 })
    client.publish(`devices/${login}/data`, payload, { qos: 1 }, (failed) => {
      if (!failed) answered('mqtt', login, key)
    })
  })

  const agent = new Agent({ keepAlive: true })
  stops.push(() => agent.destroy())
  each(all.phones, (id) => {
    const key = `${id} ${messages++}`
    said(key)
    const path = `/osmand/${tokenOf(id)}?id=${id}&lat=39.9&lon=116.4&timestamp=${nextSecond() / 1000}`
    const call = request({ host: '127.0.0.1', port: ports.osmand, path, agent }, (response) => {
      response.resume()
      response.on('end', () => {
        if (response.statusCode === 200) answered('osmand', id, key)
      })
    })
    call.on('error', () => {
      hungUp++
    })
    call.end()
  })

  return {
    take() {
      const taken = latencies
      latencies = { hj212: [], jt808: [], mqtt: [], osmand: [] }
      return taken
    },
    unanswered: () => awaited.size,
    hungUpOn: () => hungUp,
    ready: () => heard.size >= wanted,
    async stop() {
      stopped = true
      await Promise.all(stops.map((stop) => stop()))
    },
  }
}

export const percentile = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? Number.NaN
