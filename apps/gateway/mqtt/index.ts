/** MQTT: our own broker in a thread, or an outside one; either way what devices say is stored before it is acknowledged. */
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { hashToken } from '@pentad/platform/crypto'
import type { Logger } from '@pentad/platform/log'
import type { Actor } from '@pentad/platform/rights'
import type { KnownDevice, ThingsCaller } from '@pentad/sensing'
import type { Carrier, Line } from '../commands/lines.ts'
import { answerTopic, mqttHeard, mqttLine } from '../commands/mqtt.ts'
import type { Registry } from '../registry.ts'
import { takeMessage, type Writers } from './take.ts'
import { type Admitted, type BrokerOptions, type FromBroker, isThingsTopic, type ToBroker } from './wire.ts'

export interface MqttSettings {
  bind: string
  mqttPort: number
  mqttTlsPort: number
  mqttCertFile: string | undefined
  mqttKeyFile: string | undefined
}

/** What SensorThings does with topics; left out where it is not served. */
export interface ThingsTopics {
  /** Makes what was published; the code of a refusal, if it was one. */
  create: (topic: string, payload: Uint8Array, by: ThingsCaller) => Promise<string | undefined>
  mayListen: (topic: string, by: ThingsCaller) => Promise<boolean>
  /** Somebody listens, or no longer does. */
  listen: (topic: string, on: boolean) => void
  stop: () => void
}
/** Signs a person of the staff in by name and password; without either, whoever strangers are taken for, if for anybody. */
export type StaffSignIn = (login: string, password: string, remote: string) => Promise<Actor | undefined>

export interface MqttParts extends Writers {
  settings: MqttSettings
  registry: Registry
  carrier: Carrier
  log: Logger
  things?: ((publish: (topic: string, payload: string) => void) => ThingsTopics) | undefined
  staff?: StaffSignIn | undefined
  limits?: Partial<
    Pick<BrokerOptions, 'connections' | 'connectionsPerAddress' | 'payloadBytes' | 'perSecond' | 'strangerMs'>
  >
}

export interface MqttBroker {
  port: number
  tlsPort: number | null
  stop: () => Promise<void>
}

const defaults = {
  connections: 20_000,
  connectionsPerAddress: 5000,
  payloadBytes: 65_536,
  perSecond: 200,
  strangerMs: 10_000,
}
const mostStaff = 1000
/** A password of staff costs tens of milliseconds of a processor to compare: so many tries of one address in a minute. */
const mostTriesPerMinute = 10
const mostTriers = 10_000
/** And of all addresses together: when strangers guess from many, devices go before people. */
const mostTriesOfAll = 60
/** A try holds a processor and a connection to the database: they come one after the other. So many may wait. */
const mostTriesWaiting = 20
/** A name that no account can have. */
const guestLogin = ' '
const identifierRejected = 2
const unavailable = 3
const wrongPassword = 4

export async function startBroker(parts: MqttParts): Promise<MqttBroker> {
  const { settings, registry, tally, log } = parts
  const { mqttCertFile: cert, mqttKeyFile: key } = settings
  const options: BrokerOptions = {
    ...defaults,
    ...parts.limits,
    bind: settings.bind,
    port: settings.mqttPort,
    tls:
      cert && key
        ? { port: settings.mqttTlsPort, cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
        : undefined,
  }
  const thread = new Worker(new URL('./broker.ts', import.meta.url), { workerData: options })
  const say = (message: ToBroker): void => thread.postMessage(message)
  const things = parts.things?.((topic, payload) => say({ kind: 'publish', topic, payload }))
  const logins = new Map<string, string>()
  const actors = new Map<string, Actor>()
  let tries = new Map<string, number>()
  const freshTries = setInterval(() => {
    tries = new Map()
    triesOfAll = 0
  }, 60_000)
  let triesOfAll = 0
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  /** Devices are not held to it: their tokens cost nothing to compare, and a carrier puts thousands behind one address. */
  function mayTry(remote: string): boolean {
    const made = (tries.get(remote) ?? 0) + 1
    if (tries.size >= mostTriers && !tries.has(remote)) return false
    tries.set(remote, made)
    if (made > mostTriesPerMinute || triesOfAll >= mostTriesOfAll || waiting >= mostTriesWaiting) return false
    triesOfAll++
    return true
  }
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    waiting++
    const done = last.then(work).finally(() => waiting--)
    last = done.catch(() => undefined)
    return done
  }
  const callerOf = (login: string, role: Admitted['role']): ThingsCaller | undefined => {
    const device = role === 'device' ? registry.byLogin(login) : undefined
    if (device) return { kind: 'device', deviceId: device.id, login }
    const actor = role === 'staff' ? actors.get(login) : undefined
    return actor && { kind: 'person', actor }
  }

  async function admit({ clientId, login, token, remote }: FromBroker & { kind: 'auth' }): Promise<Admitted | number> {
    const device = registry.byLogin(login)
    if (device) {
      if (device.tokenHash === null || hashToken(token) !== device.tokenHash) {
        tally.reject('mqtt', 'mqtt/password', login)
        return wrongPassword
      }
      // Two sessions of one name would hang each other up for ever.
      if (clientId !== login) {
        tally.reject('mqtt', 'mqtt/client-id', login)
        return identifierRejected
      }
      logins.set(login, device.tokenHash)
      return { login, role: 'device' }
    }
    if (registry.find('mqtt', login)) {
      tally.reject('mqtt', 'mqtt/no-account', login)
      return wrongPassword
    }
    if (parts.staff && login !== '' && token !== '' && !registry.byLogin(clientId)) {
      const { staff } = parts
      const actor = mayTry(remote) ? await inTurn(() => staff(login, token, remote)) : 'not-looked-at'
      if (actor === 'not-looked-at') {
        tally.reject('mqtt', 'mqtt/too-many-tries', remote)
        // It may be one of many new devices behind one address: those are put on the list all the same.
        if (!registry.barred('mqtt', login)) tally.unknown('mqtt', login)
        return unavailable
      }
      if (actor) {
        actors.set(login, actor)
        for (const old of actors.keys()) if (actors.size > mostStaff) actors.delete(old)
        return { login, role: 'staff' }
      }
    }
    const guest =
      login === '' && token === '' && !registry.byLogin(clientId) ? await parts.staff?.('', '', remote) : undefined
    if (guest) {
      actors.set(guestLogin, guest)
      return { login: guestLogin, role: 'staff' }
    }
    if (registry.barred('mqtt', login)) tally.reject('mqtt', 'mqtt/barred', login)
    else tally.unknown('mqtt', login === '' ? clientId : login)
    return wrongPassword
  }

  /** True when it must be hung up on. */
  async function take({ login, role, topic, payload }: FromBroker & { kind: 'take' }): Promise<boolean> {
    const device = role === 'device' ? registry.byLogin(login) : undefined
    if (role === 'device' && !device) return true
    if (isThingsTopic(topic)) {
      const caller = callerOf(login, role)
      if (!things || !caller) return true
      const refused = await things.create(topic, payload, caller)
      if (refused) tally.reject('mqtt', refused, login)
      return refused === 'sta/not-allowed'
    }
    if (!device) return true
    if (topic === answerTopic(login)) {
      takeAnswer(parts, device, payload)
      return false
    }
    // What cannot be read has no value that could be lost: it is counted, and acknowledged so that it does not come for ever.
    return (await takeMessage(parts, device, payload)) === 'mqtt/not-stored'
  }

  const lines = new Map<string, { deviceId: string; line: Line }>()
  /** A device listens to its commands, or no longer does. */
  function lend(login: string, on: boolean): void {
    const device = registry.byLogin(login)
    const there = lines.get(login)
    if (there) {
      lines.delete(login)
      parts.carrier.close(there.deviceId, there.line)
    }
    if (!on || !device) return
    const line = mqttLine(login, (topic, payload) => say({ kind: 'publish', topic, payload }))
    lines.set(login, { deviceId: device.id, line })
    parts.carrier.open(device, line)
  }

  const ready = Promise.withResolvers<{ port: number; tlsPort: number | null }>()
  const stopped = Promise.withResolvers<void>()
  thread.on('message', (message: FromBroker) => {
    switch (message.kind) {
      case 'auth':
        void admit(message)
          .catch((error) => {
            log.warn({ err: error }, 'a client could not be looked at')
            return unavailable
          })
          .then((as) =>
            say(
              typeof as === 'number'
                ? { kind: 'admit', id: message.id, as: null, returnCode: as }
                : { kind: 'admit', id: message.id, as, returnCode: 0 },
            ),
          )
        break
      case 'take':
        void take(message)
          .catch((error) => {
            log.error({ err: error }, 'a message could not be taken')
            return true
          })
          .then((refused) => say({ kind: 'taken', id: message.id, refused }))
        break
      case 'see': {
        const caller = callerOf(message.login, message.role)
        const seen = things && caller ? things.mayListen(message.topic, caller) : Promise.resolve(false)
        void seen.catch(() => false).then((may) => say({ kind: 'taken', id: message.id, refused: !may }))
        break
      }
      case 'reject':
        tally.reject('mqtt', message.code, message.address)
        break
      case 'listens':
        things?.listen(message.topic, message.on)
        break
      case 'ear':
        lend(message.login, message.on)
        break
      case 'ready':
        ready.resolve(message)
        break
      case 'failed':
        ready.reject(new Error(message.message))
        break
      case 'stopped':
        stopped.resolve()
    }
  })
  let ending = false
  thread.on('error', (error) => {
    log.error({ err: error }, 'the broker failed')
    ready.reject(error)
  })
  thread.on('exit', (code) => {
    stopped.resolve()
    // A gateway without its broker is half deaf: better to be started anew.
    if (!ending && code !== 0) process.exitCode = 1
  })
  const { port, tlsPort } = await ready.promise
  // Who lost the account, or got another token, is hung up on.
  const watch = setInterval(() => {
    for (const [login, hash] of logins) {
      if (registry.byLogin(login)?.tokenHash === hash) continue
      logins.delete(login)
      say({ kind: 'drop', login })
    }
  }, 2000)
  return {
    port,
    tlsPort,
    async stop() {
      ending = true
      clearInterval(watch)
      clearInterval(freshTries)
      things?.stop()
      say({ kind: 'stop' })
      await Promise.race([stopped.promise, new Promise((go) => setTimeout(go, 2000))])
      await thread.terminate()
    },
  }
}

/** What a device says about its commands; what cannot be read is counted and acknowledged, so that it does not come for ever. */
export function takeAnswer(
  { carrier, tally }: Pick<MqttParts, 'carrier' | 'tally'>,
  device: KnownDevice,
  payload: Uint8Array,
): void {
  const said = mqttHeard(payload)
  if (said) carrier.heard(device, said.ref, said.heard)
  else tally.reject('mqtt', 'mqtt/answer', device.address)
}
