/**
 * An outside broker instead of ours (mosquitto, EMQX): it knows the devices and their passwords; we read their topics, several
 * gateways sharing them. What is not stored is not acknowledged, and comes again.
 */
import { hostname } from 'node:os'
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

export async function readOutside(parts: OutsideParts): Promise<OutsideBroker> {
  const { url, log } = parts
  const clientId = `pentad-${hostname()}-${process.env.PENTAD_GATEWAY ?? '1'}`
  let client = await connected(url, {
    protocolVersion: 5,
    clientId,
    clean: false,
    properties: { receiveMaximum: mostUnanswered, sessionExpiryInterval: sessionSeconds },
  }).catch((error: unknown) => {
    log.warn({ err: error }, 'the outside broker does not take MQTT 5')
    return undefined
  })
  const shared = client !== undefined
  // An older one knows no shared topics: then there may be one gateway only.
  client ??= await connected(url, { protocolVersion: 4, clientId, clean: false })
  answerLate(client, (topic, payload) => take(parts, topic, payload))
  client.on('error', (error) => log.warn({ err: error }, 'the outside broker'))
  await client.subscribeAsync(shared ? `$share/pentad/${topics}` : topics, { qos: 1 })
  log.info({ shared }, 'the outside broker is read')
  const reading = client
  const lines = new Map<string, Line>()
  return {
    lineOf(deviceId) {
      const device = parts.registry.byId(deviceId)
      if (device?.protocol !== 'mqtt' || !reading.connected) return undefined
      const login = device.login ?? device.address
      const line = lines.get(login) ?? mqttLine(login, (topic, payload) => reading.publish(topic, payload, { qos: 1 }))
      lines.set(login, line)
      return { device, line }
    },
    stop: () => reading.endAsync(),
  }
}

async function connected(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = mqtt.connect(url, { ...options, reconnectPeriod: 0, connectTimeout: 10_000 })
  await new Promise<void>((done, failed) => {
    client.once('connect', () => done())
    client.once('error', failed)
    client.once('close', () => failed(new Error('the outside broker hung up')))
  }).catch((error) => {
    client.end(true)
    throw error
  })
  client.options.reconnectPeriod = 2000
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
