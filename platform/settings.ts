/** Everything that the environment decides, read once at the start of a process. */
import { resolve } from 'node:path'
import { z } from 'zod'

const port = (standard: number) => z.coerce.number().int().min(0).max(65_535).default(standard)

const Environment = z.object({
  PENTAD_BIND: z.string().default('127.0.0.1'),
  PENTAD_PORT: port(8080),
  PENTAD_MQTT_PORT: port(1883),
  /** MQTT over TLS; only with the two files. */
  PENTAD_MQTT_TLS_PORT: port(8883),
  PENTAD_MQTT_CERT: z.string().optional(),
  PENTAD_MQTT_KEY: z.string().optional(),
  /** An outside MQTT broker instead of ours: `mqtt://user:password@host`, `mqtts://…`. */
  PENTAD_MQTT_URL: z.string().optional(),
  /** Who signed the certificate of an outside broker (PEM), where that is nobody the system knows. */
  PENTAD_MQTT_CA: z.string().optional(),
  /** Whoever asks SensorThings without a name is this account of the staff: for open data, or for a suite that knows no names. */
  PENTAD_STA_GUEST: z.string().optional(),
  /** Positions of phones over HTTP (Traccar client, OsmAnd). */
  PENTAD_OSMAND_PORT: port(5055),
  PENTAD_HJ212_PORT: port(9212),
  PENTAD_JT808_PORT: port(9808),
  PENTAD_SIP_PORT: port(5060),
  PENTAD_DATA: z.string().default('data'),
  /** An outside PostgreSQL (15 or later) instead of the embedded engine. */
  DATABASE_URL: z.string().optional(),
  /** Demo accounts get this password; otherwise a random one is printed once. */
  PENTAD_DEMO_PASSWORD: z.string().optional(),
  /** Cases of the demo's past; a drill needs fewer. */
  PENTAD_DEMO_CASES: z.coerce.number().int().min(1000).max(1_000_000).default(50_000),
  /** `required`: privileged posts hold no rights until a second factor is enrolled. The demo only offers it. */
  PENTAD_SECOND_FACTOR: z.enum(['required', 'offered']).default('required'),
  /** Multiplies the calls that strangers may make in a minute; for benches and tests behind one address. */
  PENTAD_RATE_FACTOR: z.coerce.number().positive().default(1),
  /** Cookies are marked Secure when the outside address is https. */
  PENTAD_PUBLIC_URL: z.url().optional(),
  PENTAD_LOG: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
})

export interface Settings {
  bind: string
  port: number
  hj212Port: number
  jt808Port: number
  mqttPort: number
  mqttTlsPort: number
  mqttCertFile: string | undefined
  mqttKeyFile: string | undefined
  mqttUrl: string | undefined
  mqttCaFile: string | undefined
  staGuest: string | undefined
  osmandPort: number
  dataFolder: string
  databaseUrl: string | undefined
  demoPassword: string | undefined
  demoCases: number
  secondFactor: 'required' | 'offered'
  rateFactor: number
  publicUrl: string | undefined
  log: z.infer<typeof Environment>['PENTAD_LOG']
}

export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const read = Environment.safeParse(environment)
  if (!read.success) throw new Error(`settings: ${z.prettifyError(read.error)}`)
  const e = read.data
  return {
    bind: e.PENTAD_BIND,
    port: e.PENTAD_PORT,
    hj212Port: e.PENTAD_HJ212_PORT,
    jt808Port: e.PENTAD_JT808_PORT,
    mqttPort: e.PENTAD_MQTT_PORT,
    mqttTlsPort: e.PENTAD_MQTT_TLS_PORT,
    mqttCertFile: e.PENTAD_MQTT_CERT || undefined,
    mqttKeyFile: e.PENTAD_MQTT_KEY || undefined,
    mqttUrl: e.PENTAD_MQTT_URL || undefined,
    mqttCaFile: e.PENTAD_MQTT_CA || undefined,
    staGuest: e.PENTAD_STA_GUEST || undefined,
    osmandPort: e.PENTAD_OSMAND_PORT,
    dataFolder: resolve(e.PENTAD_DATA),
    databaseUrl: e.DATABASE_URL || undefined,
    demoPassword: e.PENTAD_DEMO_PASSWORD || undefined,
    demoCases: e.PENTAD_DEMO_CASES,
    secondFactor: e.PENTAD_SECOND_FACTOR,
    rateFactor: e.PENTAD_RATE_FACTOR,
    publicUrl: e.PENTAD_PUBLIC_URL,
    log: e.PENTAD_LOG,
  }
}
