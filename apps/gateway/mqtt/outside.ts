/**
 * An outside broker instead of ours (mosquitto, EMQX): it knows the devices and their passwords; we read their topics, several
 * gateways sharing them. What is not stored is not acknowledged, and comes again.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { Logger } from '@pentad/platform/log'
import type { KnownDevice } from '@pentad/sensing'
import mqtt, { type IClientOptions, type MqttClient, type Packet } from 'mqtt'
import type { Carrier, Line } from '../commands/lines.ts'
import { answerTopic, mqttLine } from '../commands/mqtt.ts'
import type { Registry } from '../registry.ts'
import { takeAnswer } from './index.ts'
import { takeMessage, type Writers } from './take.ts'

export interface OutsideParts extends Writers {
  url: string
  /** Who signed its certificate, where that is nobody the system knows. */
  caFile?: string | undefined
  registry: Registry
  carrier: Carrier
  log: Logger
}
export interface OutsideBroker {
  /** Its devices are all within reach: who is away at the moment, the broker knows and we do not. */
  lineOf: (deviceId: string) => { device: KnownDevice; line: Line } | undefined
  stop: () => Promise<void>
}

/** Messages that may wait for the database; a broker of MQTT 5 sends no more. */
const mostUnanswered = 2000
const sessionSeconds = 24 * 3600
const topics = 'devices/+/#'

/** A broker that is not there is asked again after so long, twice as long each time. */
const firstPauseMs = 1000
const longestPauseMs = 30_000
const keepAliveSeconds = 20
const unsupportedVersion = [1, 132]

/** What other devices send must not wait for a broker: when it does not answer, it is asked again while all else goes on. */
export async function readOutside(parts: OutsideParts): Promise<OutsideBroker> {
  const { log } = parts
  let reading: MqttClient | undefined
  const ending = new AbortController()
  const join = async (): Promise<boolean> => {
    try {
      const client = await joined(parts)
      if (ending.signal.aborted) await client.endAsync(true)
      else reading = client
      return true
    } catch (error) {
      log.warn({ err: error }, 'the outside broker cannot be read yet')
      return false
    }
  }
  const again = async (): Promise<void> => {
    for (let pauseMs = firstPauseMs; !ending.signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await setTimeout(pauseMs, undefined, { signal: ending.signal }).catch(() => undefined)
      if (ending.signal.aborted || (await join())) return
    }
  }
  const trying = (await join()) ? Promise.resolve() : again()
  const lines = new Map<string, Line>()
  return {
    lineOf(deviceId) {
      const device = parts.registry.byId(deviceId)
      if (device?.protocol !== 'mqtt' || !reading?.connected) return undefined
      const login = device.login ?? device.address
      const line = lines.get(login) ?? mqttLine(login, (topic, payload) => reading?.publish(topic, payload, { qos: 1 }))
      lines.set(login, line)
      return { device, line }
    },
    async stop() {
      ending.abort()
      await trying
      await reading?.endAsync()
    },
  }
}

/** Joined to the broker and its topics. */
async function joined(parts: OutsideParts): Promise<MqttClient> {
  const { log, caFile } = parts
  const clientId = `pentad-${hostname()}-${process.env.PENTAD_GATEWAY ?? '1'}`
  const common = {
    clientId,
    clean: false,
    keepalive: keepAliveSeconds,
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
  }
  const newest = await connected(parts, {
    ...common,
    protocolVersion: 5,
    properties: { receiveMaximum: mostUnanswered, sessionExpiryInterval: sessionSeconds },
  }).catch((error: unknown) => {
    if (!isOlder(error)) throw error
    log.warn({ err: error }, 'the outside broker does not take MQTT 5')
    return undefined
  })
  const shared = newest !== undefined
  // An older one knows no shared topics: then there may be one gateway only.
  const client = newest ?? (await connected(parts, { ...common, protocolVersion: 4 }))
  client.on('error', (error) => log.warn({ err: error }, 'the outside broker'))
  client.on('connect', () => log.info({ shared }, 'the outside broker is there again'))
  try {
    const granted = await client.subscribeAsync(shared ? `$share/pentad/${topics}` : topics, { qos: 1 })
    if (granted.some((g) => g.qos >= 128)) throw new Error(`the outside broker does not let us read ${topics}`)
  } catch (error) {
    client.end(true)
    throw error
  }
  log.info({ shared }, 'the outside broker is read')
  return client
}

/**
 * Does it answer that it knows no such version, in its words or in an answer that is none of MQTT 5? That it is away, or does not
 * let us in, says nothing of its age.
 */
function isOlder(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  if (typeof code === 'number') return unsupportedVersion.includes(code)
  return code === undefined
}

/** Name and password as they are; the client would cut `name:pass:word` at its last colon. */
function nameIn(url: string): Pick<IClientOptions, 'username' | 'password'> {
  const { username, password } = new URL(url)
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  }
}
function withoutName(url: string): string {
  const plain = new URL(url)
  plain.username = ''
  plain.password = ''
  return plain.href
}

/**
 * Connected, and what comes is taken from the first packet on: a broker that kept a session sends what it kept before we ask for
 * anything.
 */
async function connected(parts: OutsideParts, options: IClientOptions): Promise<MqttClient> {
  const client = mqtt.connect(withoutName(parts.url), {
    ...options,
    ...nameIn(parts.url),
    reconnectPeriod: 0,
    connectTimeout: 10_000,
  })
  answerLate(client, (topic, payload) => take(parts, topic, payload))
  await new Promise<void>((done, failed) => {
    client.once('connect', () => done())
    client.once('error', failed)
    client.once('close', () => failed(new Error('the outside broker hung up')))
  }).catch((error) => {
    client.on('error', () => undefined)
    client.end(true)
    throw error
  })
  client.options.reconnectPeriod = 2000
  // A broker that is just starting may let nobody in yet.
  client.options.reconnectOnConnackError = true
  return client
}

/**
 * The client would take one message after the other, each waiting for its commit. Here it reads on, and only the answer waits:
 * PUBACK goes out when the message is safe, and only on the connection that brought it.
 */
export function answerLate(client: MqttClient, take: (topic: string, payload: Uint8Array) => Promise<boolean>): void {
  type Send = (packet: Packet & { messageId?: number }, done?: (error?: Error) => void, ...more: unknown[]) => void
  const inner = client as unknown as { _sendPacket: Send }
  const send = inner._sendPacket.bind(client)
  const waiting = new Map<number, Promise<boolean>>()
  let connection = 0
  client.on('close', () => {
    connection++
    waiting.clear()
  })
  client.on('message', (topic, payload, packet) => {
    const stored = take(topic, payload)
    if (packet.qos === 1 && packet.messageId !== undefined) waiting.set(packet.messageId, stored)
  })
  inner._sendPacket = (packet, done, ...more) => {
    const stored = packet.cmd === 'puback' && packet.messageId !== undefined ? waiting.get(packet.messageId) : undefined
    if (!stored) {
      send(packet, done, ...more)
      return
    }
    const of = connection
    void stored.then((safe) => {
      if (packet.messageId !== undefined && waiting.get(packet.messageId) === stored) waiting.delete(packet.messageId)
      if (safe && of === connection) send(packet)
    })
    done?.()
  }
}

async function take(parts: OutsideParts, topic: string, payload: Uint8Array): Promise<boolean> {
  const login = topic.split('/')[1] ?? ''
  const device = parts.registry.byLogin(login) ?? parts.registry.find('mqtt', login)
  if (!device) {
    // The broker let it in; we do not know it yet: acknowledged, since another broker's queue is no quarantine.
    if (parts.registry.barred('mqtt', login)) parts.tally.reject('mqtt', 'mqtt/barred', login)
    else parts.tally.unknown('mqtt', login)
    return true
  }
  // Our own words come back to us, since we listen to all of it.
  if (topic.endsWith('/commands')) return true
  if (topic === answerTopic(login)) {
    takeAnswer(parts, device, payload)
    return true
  }
  return (await takeMessage(parts, device, payload)) !== 'mqtt/not-stored'
}
