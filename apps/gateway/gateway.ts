/** The gateway: devices speak their own protocols to it; what they say is safe in the database before they are answered. */
import type { Db } from '@pentad/platform/db'
import type { Logger } from '@pentad/platform/log'
import type { Settings } from '@pentad/platform/settings'
import { createLately, type HotRow, type ObservationIn, openPositionWriter, recordObservations } from '@pentad/sensing'
import { createBatches, createLanes } from './batches.ts'
import { type CarrierOptions, openCarrier } from './commands/carrier.ts'
import type { Carrier } from './commands/lines.ts'
import { listenUdp } from './datagrams.ts'
import { hj212Talk } from './hj212.ts'
import { jt808Talk } from './jt808.ts'
import { defaultLimits, type Limits, listenTcp, sessionsWithin } from './links.ts'
import { type MqttBroker, type MqttParts, startBroker } from './mqtt/index.ts'
import { type OutsideBroker, readOutside } from './mqtt/outside.ts'
import { listenOsmand } from './osmand.ts'
import { openRegistry } from './registry.ts'
import { createTally } from './tally.ts'

export interface GatewayParts {
  settings: Pick<Settings, 'bind' | 'hj212Port' | 'jt808Port'> & Partial<Settings>
  db: Db
  log: Logger
  limits?: Partial<Limits>
  /** Letters that may wait for the database, for each protocol. */
  mostWaiting?: number
  /** The database neither answers nor hangs up: connections to a machine that is gone. */
  onHang?: () => void
  /** How commands are carried, where that is not as usual. */
  commands?: Partial<Pick<CarrierOptions, 'everyMs' | 'settleMs' | 'patience'>>
  /** SensorThings over MQTT, and who of the staff may sign in there. */
  mqtt?: Pick<MqttParts, 'things' | 'staff' | 'limits'>
}

export interface Gateway {
  /** A port of 0 is not listened on. */
  ports: { hj212: number; jt808: number; jt808Udp: number; mqtt: number; mqttTls: number; osmand: number }
  /** Letters not yet committed. */
  waiting: () => number
  /** Learns of new devices and commands now instead of within seconds. */
  refresh: () => Promise<void>
  /** Takes no more, stores what it has, answers, and ends. */
  stop: () => Promise<void>
}

const flushEveryMs = 50
const mostInOneCommit = 2000
const mostPositionsInOneCommit = 10_000
/** When the database is away at the end too, what waits was not answered and will be sent again. */
const patienceMs = 5000
/** Commits of observations at once: the engine does several things to a value, on a core of its own. */
const observationLanes = 2
/** What of the machine's open sockets each protocol may hold. */
const shares = { jt808: 0.55, hj212: 0.2, mqtt: 0.15, osmand: 0.05 }

export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { settings, db, log, mostWaiting = 5000 } = parts
  const limits = { ...defaultLimits, ...parts.limits }
  const registry = await openRegistry(db, log)
  const tally = createTally(db, log)
  const batching = { everyMs: flushEveryMs, most: mostInOneCommit, mostWaiting, onHang: parts.onHang, log }
  const lately = createLately()
  const observations = createLanes<ObservationIn>(observationLanes, {
    ...batching,
    name: 'observations',
    store: (rows, alsoHeard) => recordObservations(db, rows, { alsoHeard, lately }),
  })
  const whereabouts = await openPositionWriter(db, log)
  const positions = createBatches<HotRow>({
    ...batching,
    name: 'positions',
    most: mostPositionsInOneCommit,
    mostWaiting: mostWaiting * 10,
    store: whereabouts.store,
  })
  let outside: OutsideBroker | undefined
  const carrier = openCarrier({ ...parts.commands, db, log, elsewhere: (id) => outside?.lineOf(id) })
  const { bind, hj212Port, jt808Port } = settings
  const listening = { bind, tally, log }
  const of = (protocol: keyof typeof shares): Limits => ({
    ...limits,
    sessions: sessionsWithin(limits.sessions, shares[protocol]),
  })
  const jt808 = { registry, tally, writer: positions, carrier }
  const monitors = await listenTcp({
    ...listening,
    protocol: 'hj212',
    limits: of('hj212'),
    port: hj212Port,
    writer: observations,
    talk: (voice) => hj212Talk({ registry, tally, writer: observations, carrier }, voice),
  })
  const terminals = await listenTcp({
    ...listening,
    protocol: 'jt808',
    limits: of('jt808'),
    port: jt808Port,
    writer: positions,
    talk: (voice) => jt808Talk(jt808, voice),
  })
  // Over both, a terminal finds the same number.
  const datagrams = await listenUdp({ bind, port: terminals.port, limits, parts: jt808, log })
  const writers = { observations, positions, tally }
  const broker = await unlessTaken('mqtt', log, () => brokerOf(parts, { ...writers, registry, carrier }))
  if (broker && 'lineOf' in broker) outside = broker
  const { osmandPort } = settings
  const phones =
    osmandPort === undefined
      ? undefined
      : await unlessTaken('osmand', log, () =>
          listenOsmand({
            ...writers,
            registry,
            log,
            bind,
            port: osmandPort,
            connections: sessionsWithin(5000, shares.osmand),
          }),
        )
  const ports = {
    hj212: monitors.port,
    jt808: terminals.port,
    jt808Udp: datagrams.port,
    mqtt: broker && 'port' in broker ? broker.port : 0,
    mqttTls: broker && 'port' in broker ? (broker.tlsPort ?? 0) : 0,
    osmand: phones?.port ?? 0,
  }
  log.info({ ports, bind }, 'the gateway listens')
  return {
    ports,
    waiting: () => observations.waiting + positions.waiting,
    async refresh() {
      await registry.refresh()
      await carrier.look()
    },
    async stop() {
      await Promise.all([observations.stop(patienceMs), positions.stop(patienceMs)])
      await whereabouts.stop()
      await Promise.all([monitors.stop(), terminals.stop(), datagrams.stop(), broker?.stop(), phones?.stop()])
      await carrier.stop()
      await registry.stop()
      await tally.stop()
      log.info('the gateway has ended')
    },
  }
}

/** A port that another program holds must not silence the devices of all other protocols. */
async function unlessTaken<T>(protocol: string, log: Logger, listen: () => Promise<T>): Promise<T | undefined> {
  try {
    return await listen()
  } catch (error) {
    if (!/EADDRINUSE|EACCES/.test(String(error))) throw error
    log.error({ err: error, protocol }, 'the port cannot be had: devices of this protocol are not heard')
    return undefined
  }
}

/** Ours, an outside one, or none, as the settings say. */
async function brokerOf(
  { settings, log, mqtt }: GatewayParts,
  parts: Pick<MqttParts, 'observations' | 'positions' | 'tally' | 'registry'> & { carrier: Carrier },
): Promise<MqttBroker | OutsideBroker | undefined> {
  if (settings.mqttUrl) return readOutside({ ...parts, url: settings.mqttUrl, caFile: settings.mqttCaFile, log })
  if (settings.mqttPort === undefined) return undefined
  const { bind, mqttPort, mqttTlsPort = 0, mqttCertFile, mqttKeyFile } = settings
  return startBroker({
    ...parts,
    ...mqtt,
    limits: { connections: sessionsWithin(20_000, shares.mqtt), ...mqtt?.limits },
    log,
    settings: { bind, mqttPort, mqttTlsPort, mqttCertFile, mqttKeyFile },
  })
}
