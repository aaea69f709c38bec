/** HJ 212 monitors: each data message is stored, then answered by 9014; a packet of a split one stands for itself. */
import {
  type CommandAddress,
  createHj212Stream,
  dataAnswer,
  formatQn,
  type Hj212Message,
  type Hj212Profile,
  noticeAnswer,
  observations,
  parseTime,
  type ReportPeriod,
  reportPeriod,
  strictProfile,
} from '@pentad/hj212'
import { type KnownDevice, type ObservationIn, talkOf } from '@pentad/sensing'
import type { Period } from '@pentad/sensing/model'
import type { Batches } from './batches.ts'
import { hj212Command, hj212Heard } from './commands/hj212.ts'
import type { Carrier, Line } from './commands/lines.ts'
import type { Talk, Voice } from './links.ts'
import type { Registry } from './registry.ts'
import type { Tally } from './tally.ts'

const protocol = 'hj212'
const periodOf: Record<ReportPeriod, Period> = { realtime: 'rtd', minute: 'minute', hour: 'hour', day: 'day' }
/** Notices that want 9013: boot time, a wish for the time, and the heartbeat of 2025. */
const notices = new Set(['2081', '1013', '9015'])
/** Receipts for what we said; nothing follows from them. */
const receipts = new Set(['9013', '9014'])
/** What the device says to what we asked: it runs, how it ended, and what it knows. */
const answers = new Set(['9011', '9012', '1011', '1061', '1063'])
/** ST of messages that serve the exchange itself: it names no kind of device. */
const exchange = '91'
/** Split messages whose time is remembered for the packets that carry none. */
const mostSplit = 8

export interface Hj212Parts {
  registry: Registry
  tally: Tally
  writer: Batches<ObservationIn>
  carrier: Carrier
}

/** A device on this link: how it names itself, and the way down to it. */
interface Speaker {
  address: Omit<CommandAddress, 'qn'>
  line: Line
}

export function hj212Talk({ registry, tally, writer, carrier }: Hj212Parts, voice: Voice): Talk {
  // Whose frame it is shows only inside it, so the stream forgives what anybody is forgiven.
  const stream = createHj212Stream({ profile: registry.mostLenient })
  const timeOfSplit = new Map<string, string>()
  const speakers = new Map<string, Speaker>()
  let lastQn = 0

  function take(chunk: Uint8Array): void {
    for (const result of stream.push(chunk)) {
      if (!result.ok) {
        tally.reject(protocol, result.error.code, voice.remote)
        continue
      }
      const { message, crcVariant } = result.frame
      const device = registry.find(protocol, message.mn)
      // Refused by silence: a logger that gets no 9014 keeps its data and sends them again once it is registered.
      if (!device && registry.barred(protocol, message.mn)) tally.reject(protocol, 'hj212/barred', message.mn)
      else if (!device) tally.unknown(protocol, message.mn)
      else hear(device, message, crcVariant)
    }
  }

  function hear(device: KnownDevice, message: Hj212Message, crcVariant: Hj212Profile['crc'][number]): void {
    const profile: Hj212Profile = { ...strictProfile, ...(device.profile as Partial<Hj212Profile>) }
    const fault = faultOf(device, profile, message, crcVariant) ?? post(device, profile, message)
    if (fault) tally.reject(protocol, fault, message.mn)
  }

  /** Hands the message on to be stored and answered; or why it cannot be. */
  function post(device: KnownDevice, profile: Hj212Profile, message: Hj212Message): string | undefined {
    voice.known()
    meet(device, message)
    if (receipts.has(message.cn)) return undefined
    const done =
      (frame: () => Uint8Array, then: () => void = () => undefined) =>
      (stored: boolean) => {
        if (!stored) tally.reject(protocol, 'hj212/not-stored', message.mn)
        else {
          if (message.flag?.answerWanted) voice.say(frame())
          then()
        }
      }
    const { qn = '' } = message
    if (answers.has(message.cn)) {
      const heard = hj212Heard(message, new Date())
      // Behind the values that came before it: when a question has ended, they are safe.
      const then = () => heard && carrier.heard(device, qn, heard)
      writer.post({ rows: [], deviceIds: [device.id], done: done(() => dataAnswer(message), then) })
      return undefined
    }
    if (notices.has(message.cn)) {
      const then = () => message.cn === '1013' && carrier.asksTime(device)
      writer.post({ rows: [], deviceIds: [device.id], done: done(() => noticeAnswer(message), then) })
      return undefined
    }
    const period = reportPeriod(message.cn)
    if (period === null) return 'hj212/not-supported'
    const dated = withTime(message)
    if (!dated) return 'hj212/packet-without-time'
    if (message.cn === '2011' && message.qn !== undefined) timed(device, message.qn)
    const commandId = carrier.orderOf(device.id, qn)
    const rows = rowsOf(device, dated, periodOf[period], profile)
    writer.post({
      rows: commandId === undefined ? rows : rows.map((row) => ({ ...row, commandId })),
      deviceIds: [device.id],
      done: done(
        () => dataAnswer(message),
        () => commandId !== undefined && answered(device, qn, rows),
      ),
    })
    return undefined
  }

  function answered(device: KnownDevice, qn: string, rows: readonly ObservationIn[]): void {
    const times = rows.map((r) => r.observedAt.getTime())
    if (times.length === 0) return
    const [from, until] = [new Date(Math.min(...times)), new Date(Math.max(...times))]
    carrier.heard(device, qn, { kind: 'values', count: rows.length, from, until })
  }

  /** A message of the moment says by its number what time it is there. */
  function timed(device: KnownDevice, qn: string): void {
    const sent = parseTime(qn, true)
    if (sent) carrier.clock(device, sent.getTime() - Date.now())
  }

  /** Whoever speaks here can be spoken to here, under the name, kind and password that it uses itself. */
  function meet(device: KnownDevice, { st, pw = '', mn, flag }: Hj212Message): void {
    const there = speakers.get(device.id)
    const version = talkOf(device.profile).version ?? flag?.version ?? there?.address.version ?? 2017
    const address = { st: st === exchange ? (there?.address.st ?? st) : st, pw, mn, version }
    if (there) {
      there.address = address
      carrier.open(device, there.line)
      return
    }
    const speaker: Speaker = {
      address,
      line: {
        refsLast: true,
        ref() {
          // Unique for a device, and the time of the question.
          lastQn = Math.max(lastQn + 1, Date.now())
          return formatQn(new Date(lastQn))
        },
        say(order, ref) {
          const frame = hj212Command(order, { ...speaker.address, qn: ref })
          if (frame) voice.say(frame)
          return frame !== null
        },
      },
    }
    speakers.set(device.id, speaker)
    carrier.open(device, speaker.line)
  }

  function end(): void {
    for (const [deviceId, { line }] of speakers) carrier.close(deviceId, line)
  }

  /** A packet of a split message takes its time from the first one, when it has none of its own. */
  function withTime(message: Hj212Message): Hj212Message | undefined {
    if ((message.pnum ?? 1) < 2) return message
    const key = `${message.mn} ${message.cn} ${message.qn ?? ''}`
    const own = message.cp.find((group) => group.DataTime !== undefined)?.DataTime
    if (own !== undefined) {
      timeOfSplit.delete(key)
      timeOfSplit.set(key, own)
      for (const old of timeOfSplit.keys()) if (timeOfSplit.size > mostSplit) timeOfSplit.delete(old)
      return message
    }
    const time = timeOfSplit.get(key)
    return time === undefined ? undefined : { ...message, cp: [{ DataTime: time }, ...message.cp] }
  }

  return { take, end }
}

/** What this device in particular is not forgiven. */
function faultOf(
  { profile: { password } }: KnownDevice,
  { crc, missingQnOrFlag }: Hj212Profile,
  message: Hj212Message,
  crcVariant: Hj212Profile['crc'][number],
): string | undefined {
  if (!crc.includes(crcVariant) && !crc.includes('none')) return 'hj212/crc'
  if (typeof password === 'string' && message.pw !== password) return 'hj212/password'
  if (!missingQnOrFlag && (message.qn === undefined || message.flag === undefined)) return 'hj212/segment'
  return undefined
}

/** Without a time of its own a value counts for when it was sent, and says so. */
export function rowsOf(
  device: KnownDevice,
  message: Hj212Message,
  period: Period,
  profile: Hj212Profile,
): ObservationIn[] {
  const sent = message.qn === undefined ? null : parseTime(message.qn, true)
  return observations(message, profile).flatMap((o) => {
    if (o.rtd === undefined && o.avg === undefined && o.max === undefined && o.flag === undefined) return []
    return {
      deviceId: device.id,
      factor: o.factor.slice(0, 32),
      period,
      observedAt: o.dataTime ?? sent ?? new Date(),
      value: o.rtd ?? o.avg ?? null,
      max: o.max ?? null,
      min: o.min ?? null,
      flag: o.flag?.slice(0, 8) ?? null,
      quality: o.dataTime ? [] : ['no-time'],
    }
  })
}
