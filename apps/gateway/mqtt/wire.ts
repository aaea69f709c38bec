/** What the broker's thread and the gateway say to each other. */

export interface BrokerOptions {
  bind: string
  port: number
  /** Port of TLS with certificate and key as PEM; none without. */
  tls: { port: number; cert: string; key: string } | undefined
  connections: number
  connectionsPerAddress: number
  payloadBytes: number
  /** Messages of one client in a second; more are held up, not refused. */
  perSecond: number
  /** Milliseconds until a connection must have said who it is. */
  strangerMs: number
}

/** Who signed in, and what that lets them do. */
export interface Admitted {
  /** What comes from this client is said to be from here. */
  login: string
  /** A device, or a person of the staff who reads. */
  role: 'device' | 'staff'
}

export type FromBroker =
  | { kind: 'ready'; port: number; tlsPort: number | null }
  | { kind: 'failed'; message: string }
  | { kind: 'auth'; id: number; clientId: string; login: string; token: string; remote: string }
  | { kind: 'take'; id: number; login: string; role: Admitted['role']; topic: string; payload: Uint8Array }
  /** Somebody wants to listen to a topic of SensorThings. */
  | { kind: 'see'; id: number; login: string; role: Admitted['role']; topic: string }
  | { kind: 'reject'; code: string; address: string }
  | { kind: 'listens'; topic: string; login: string; on: boolean }
  /** A device hears its commands, or no longer does. */
  | { kind: 'ear'; login: string; on: boolean }
  | { kind: 'stopped' }

export type ToBroker =
  | { kind: 'admit'; id: number; as: Admitted | null; returnCode: number }
  /** `refused`: the client has no business there, and MQTT 3.1.1 has no other way to say so than to hang up. */
  | { kind: 'taken'; id: number; refused: boolean }
  | { kind: 'publish'; topic: string; payload: string }
  /** The account has ended. */
  | { kind: 'drop'; login: string }
  | { kind: 'stop' }

/** What an account may publish to: all below its own topic. */
export const ownTopic = (login: string): string => `devices/${login}/`
/** Topics of SensorThings 1.1, §14; 1.0 is the same for what is served here. */
export const isThingsTopic = (topic: string): boolean => /^v1\.[01]\//.test(topic)
