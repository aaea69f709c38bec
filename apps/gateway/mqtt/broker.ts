/**
 * The MQTT broker (3.1 and 3.1.1), in a thread of its own. It knows sessions and topics, nothing of what is said: who may come in
 * and whether a message is safe, the gateway answers. A message is acknowledged after that answer, since aedes writes PUBACK and
 * PUBREC only when `authorizePublish` has called back; until then it reads no more from that client.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { parentPort, workerData } from 'node:worker_threads'
import { Aedes, type AuthenticateError, type Client } from 'aedes'
import { hearsCommands } from '../commands/mqtt.ts'
import { type Admitted, type BrokerOptions, type FromBroker, isThingsTopic, ownTopic, type ToBroker } from './wire.ts'

const options = workerData as BrokerOptions
const gateway = parentPort
if (!gateway) throw new Error('the broker is a thread of the gateway')
const say = (message: FromBroker, transfer: ArrayBuffer[] = []): void => gateway.postMessage(message, transfer)

let asked = 0
const answers = new Map<number, (answer: ToBroker) => void>()
function ask(
  make: (id: number) => FromBroker,
  answered: (answer: ToBroker) => void,
  transfer: ArrayBuffer[] = [],
): void {
  const id = ++asked
  answers.set(id, answered)
  say(make(id), transfer)
}

interface Guest extends Admitted {
  remote: string
  /** Messages it may still send now, and when that was. */
  allowance: number
  at: number
}
const guests = new WeakMap<Client, Guest>()
const remotes = new WeakMap<object, string>()

const refusal = (returnCode: number, message: string): AuthenticateError =>
  Object.assign(new Error(message), { returnCode }) as AuthenticateError

const broker = await Aedes.createBroker({
  connectTimeout: options.strangerMs,
  // What is kept for clients that are away would be kept in memory: nobody has a session that outlives the connection.
  preConnect(_, packet, done) {
    packet.clean = true
    done(null, true)
  },
  authenticate(client, username, password, done) {
    const remote = remotes.get(client.conn) ?? '?'
    const login = username ?? ''
    ask(
      (id) => ({ kind: 'auth', id, clientId: client.id, login, token: password?.toString('utf8') ?? '', remote }),
      (answer) => {
        if (answer.kind !== 'admit' || !answer.as) {
          done(refusal(answer.kind === 'admit' ? answer.returnCode : 3, 'not admitted'), null)
          return
        }
        guests.set(client, { ...answer.as, remote, allowance: options.perSecond, at: Date.now() })
        done(null, true)
      },
    )
  },
  authorizePublish(client, packet, done) {
    const guest = client ? guests.get(client) : undefined
    // A last will is a message that nobody sent: it is no measurement.
    if (!client || !guest || client.closed) {
      done(new Error('nobody is there'))
      return
    }
    const { topic } = packet
    const mine = guest.role === 'device' && topic.startsWith(ownTopic(guest.login))
    if (!mine && !isThingsTopic(topic)) {
      say({ kind: 'reject', code: 'mqtt/topic', address: guest.login })
      done(new Error('not its topic'))
      return
    }
    const payload = Buffer.from(packet.payload)
    if (payload.length > options.payloadBytes) {
      say({ kind: 'reject', code: 'mqtt/too-large', address: guest.login })
      done(new Error('too large'))
      return
    }
    // Retained messages would be a store of their own beside the database.
    packet.retain = false
    const hand = () => {
      const bytes = new Uint8Array(payload)
      ask(
        (id) => ({ kind: 'take', id, login: guest.login, role: guest.role, topic, payload: bytes }),
        (answer) => done(answer.kind === 'taken' && !answer.refused ? null : new Error('refused')),
        [bytes.buffer],
      )
    }
    const waitMs = pause(guest)
    if (waitMs > 0) setTimeout(hand, waitMs)
    else hand()
  },
  authorizeSubscribe(client, subscription, done) {
    const guest = guests.get(client)
    const { topic } = subscription
    const mine = guest?.role === 'device' && topic.startsWith(ownTopic(guest.login))
    const answer = (allowed: boolean) => {
      if (!allowed) say({ kind: 'reject', code: 'mqtt/subscription', address: guest?.login ?? '?' })
      done(null, allowed ? subscription : null)
    }
    if (!guest || mine || !isThingsTopic(topic) || /[+#]/.test(topic)) answer(mine)
    else {
      const { login, role } = guest
      ask(
        (id) => ({ kind: 'see', id, login, role, topic }),
        (seen) => answer(seen.kind === 'taken' && !seen.refused),
      )
    }
  },
  // What a client publishes about things is an order to us; those who listen hear what was stored, from us.
  authorizeForward(_, packet) {
    const from = (packet as { clientId?: string }).clientId
    return from !== undefined && isThingsTopic(packet.topic) ? null : packet
  },
})

/** Milliseconds until the next message of this client may be taken: a bucket that fills by so many a second. */
function pause(guest: Guest): number {
  const now = Date.now()
  guest.allowance = Math.min(options.perSecond, guest.allowance + ((now - guest.at) / 1000) * options.perSecond) - 1
  guest.at = now
  return guest.allowance >= 0 ? 0 : (-guest.allowance / options.perSecond) * 1000
}

const listening = (on: boolean, client: Client, topics: readonly string[]): void => {
  const guest = guests.get(client)
  if (!guest) return
  for (const topic of topics) if (isThingsTopic(topic)) say({ kind: 'listens', topic, login: guest.login, on })
}
broker.on('subscribe', (subscriptions, client) =>
  listening(
    true,
    client,
    subscriptions.filter((s) => Number(s.qos) < 128).map((s) => s.topic),
  ),
)
broker.on('unsubscribe', (topics, client) => listening(false, client, topics))

/** Devices that listen to their commands, by the connection on which they do. */
const ears = new Map<string, Client>()
function ear(client: Client, topics: readonly string[], on: boolean): void {
  const guest = guests.get(client)
  if (guest?.role !== 'device' || !topics.some((t) => hearsCommands(guest.login, t))) return
  if (on) ears.set(guest.login, client)
  // The one that took its place may have come before this one was seen to go.
  else if (ears.get(guest.login) !== client) return
  else ears.delete(guest.login)
  say({ kind: 'ear', login: guest.login, on })
}
broker.on('subscribe', (subscriptions, client) =>
  ear(
    client,
    subscriptions.filter((s) => Number(s.qos) < 128).map((s) => s.topic),
    true,
  ),
)
broker.on('unsubscribe', (topics, client) => ear(client, topics, false))
broker.on('clientDisconnect', (client) => {
  const guest = guests.get(client)
  if (guest) ear(client, [`devices/${guest.login}/#`], false)
})

const perAddress = new Map<string, number>()
const sockets = new Set<Socket>()
function welcome(socket: Socket): void {
  const remote = socket.remoteAddress ?? '?'
  const already = perAddress.get(remote) ?? 0
  if (already >= options.connectionsPerAddress || sockets.size >= options.connections) {
    say({ kind: 'reject', code: 'mqtt/too-many-sessions', address: remote })
    socket.destroy()
    return
  }
  perAddress.set(remote, already + 1)
  sockets.add(socket)
  remotes.set(socket, remote)
  socket.on('close', () => {
    sockets.delete(socket)
    const left = (perAddress.get(remote) ?? 1) - 1
    if (left > 0) perAddress.set(remote, left)
    else perAddress.delete(remote)
  })
  socket.on('error', () => undefined)
  const client = broker.handle(socket) as Client & { _parser?: { packet?: { length?: number } } }
  // The parser would gather a packet of 256 MB before anybody sees it; its length is known after the first bytes.
  socket.on('readable', () => {
    if ((client._parser?.packet?.length ?? 0) <= options.payloadBytes + 1024) return
    say({ kind: 'reject', code: 'mqtt/too-large', address: guests.get(client)?.login ?? remote })
    socket.destroy()
  })
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((bound, failed) => {
    server.once('error', failed)
    server.listen(port, options.bind, bound)
  })
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : port
}

const servers: Server[] = []
gateway.on('message', (message: ToBroker) => {
  if (message.kind === 'admit' || message.kind === 'taken') {
    const answered = answers.get(message.id)
    answers.delete(message.id)
    answered?.(message)
  } else if (message.kind === 'publish') {
    const { topic, payload } = message
    broker.publish({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false }, () => undefined)
  } else if (message.kind === 'drop') {
    for (const socket of sockets) {
      const { client } = socket as Socket & { client?: Client }
      if (client && guests.get(client)?.login === message.login) socket.destroy()
    }
  } else {
    for (const server of servers) server.close()
    for (const socket of sockets) socket.destroySoon()
    broker.close(() => say({ kind: 'stopped' }))
  }
})

try {
  const plain = createServer({ noDelay: true, keepAlive: true }, welcome)
  servers.push(plain)
  const port = await listen(plain, options.port)
  let tlsPort: number | null = null
  if (options.tls) {
    const { cert, key } = options.tls
    const secure = createTlsServer({ cert, key, minVersion: 'TLSv1.2' }, welcome)
    servers.push(secure)
    tlsPort = await listen(secure, options.tls.port)
  }
  say({ kind: 'ready', port, tlsPort })
} catch (error) {
  say({ kind: 'failed', message: String(error) })
}
