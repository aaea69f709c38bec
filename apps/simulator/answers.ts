/** How simulated devices answer what the platform says to them: on the wire alone, as the standards ask. */
import {
  encodeReport,
  executionAnswer,
  type exeRtn,
  factAnswer,
  type Hj212Message,
  parseTime,
  type ReportValue,
  requestAnswer,
} from '@pentad/hj212'
import {
  dwordParameter,
  type Jt808Message,
  type OutgoingMessage,
  type Parameter,
  type PositionInput,
  parameterIds,
  parameterValue,
  textParameter,
} from '@pentad/jt808'
import { HOUR, SECOND } from '@pentad/platform/time'

/** By which records of minutes, hours and days are asked for, and given. */
export const historyCommands = ['2051', '2061', '2031'] as const
export type HistoryCommand = (typeof historyCommands)[number]

/** What commands can reach of a monitor. */
export interface MonitorWorks {
  st: string
  /** The time by its own clock. */
  now: () => Date
  setClock: (to: Date) => void
  /** Seconds between real-time messages. */
  interval: () => number
  setInterval: (seconds: number) => void
  /** Records of whole periods in its memory, that begin in [from, until) and have ended. */
  records: (of: HistoryCommand, from: Date, until: Date) => { at: Date; values: ReportValue[] }[]
}

/** A logger's memory holds a month. */
const keptMs = 31 * 24 * HOUR
const done = 1 satisfies keyof typeof exeRtn
const noData = 100 satisfies keyof typeof exeRtn

const valueIn = (message: Hj212Message, key: string): string | undefined =>
  message.cp.find((group) => group[key] !== undefined)?.[key]

/** The frames that answer a command, in order; none for what is no command. */
export function monitorAnswers(message: Hj212Message, works: MonitorWorks): Uint8Array[] {
  const end = (code: keyof typeof exeRtn) => executionAnswer(message, code)
  const start = requestAnswer(message, 1)
  const refused = [requestAnswer(message, 2)]
  switch (message.cn) {
    case '1011':
      return [start, factAnswer(message, works.st, '1011', { SystemTime: stamp(works.now()) }), end(done)]
    case '1012': {
      const to = parseTime(valueIn(message, 'SystemTime') ?? '')
      if (to === null) return refused
      works.setClock(to)
      return [start, end(done)]
    }
    case '1061':
      return [start, factAnswer(message, works.st, '1061', { RtdInterval: works.interval() }), end(done)]
    case '1062': {
      const seconds = Number(valueIn(message, 'RtdInterval'))
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) return refused
      works.setInterval(seconds)
      return [start, end(done)]
    }
    case '2051':
    case '2061':
    case '2031': {
      const from = parseTime(valueIn(message, 'BeginTime') ?? '')
      const until = parseTime(valueIn(message, 'EndTime') ?? '')
      if (from === null || until === null || until <= from) return refused
      const begin = new Date(Math.max(from.getTime(), works.now().getTime() - keptMs))
      const records = works.records(message.cn, begin, until)
      const { cn, qn = '', pw = '', mn } = message
      const frames = records.flatMap(({ at, values }) =>
        encodeReport({ ...{ qn, pw, mn, st: works.st, cn, dataTime: at, answerWanted: false }, values }),
      )
      return [start, ...frames, end(frames.length > 0 ? done : noData)]
    }
    case '1000':
    case '1063':
    case '1064':
    case '1072':
    case '2011':
    case '2012':
      // This one has one password, and does not stop.
      return refused
    default:
      return []
  }
}

const stamp = (at: Date): string => new Date(at.getTime() + 8 * HOUR).toISOString().replaceAll(/[-T:Z]|\.\d+/g, '')

/** What commands can reach of a vehicle terminal. */
export interface VehicleWorks {
  position: () => PositionInput
  everyMs: () => number
  setEvery: (ms: number) => void
  plate: string
  /** Texts that the driver was shown. */
  shown: string[]
}

const mostShown = 50
const ok = 0
const wrong = 2
const unsupported = 3

/** The messages that answer what the platform said under this serial. */
export function vehicleAnswers(
  message: Jt808Message,
  id: number,
  serial: number,
  works: VehicleWorks,
): OutgoingMessage[] {
  const acknowledged = (result: number): OutgoingMessage => ({
    kind: 'terminal-ack',
    ackedSerial: serial,
    ackedId: id,
    result,
  })
  switch (message.kind) {
    case 'text':
      works.shown.push(message.text)
      if (works.shown.length > mostShown) works.shown.shift()
      return [acknowledged(ok)]
    case 'ask-position':
      return [{ kind: 'position-answer', ackedSerial: serial, position: works.position() }]
    case 'ask-parameters':
      return [{ kind: 'parameters-answer', ackedSerial: serial, parameters: parametersOf(works) }]
    case 'parameters': {
      const known = message.parameters.find((p) => p.id === parameterIds.reportIntervalS)
      if (!known) return [acknowledged(unsupported)]
      const seconds = parameterValue(known)
      if (typeof seconds !== 'number' || seconds < 1) return [acknowledged(wrong)]
      works.setEvery(seconds * SECOND)
      return [acknowledged(ok)]
    }
    case 'follow':
      if (message.intervalS > 0) works.setEvery(message.intervalS * SECOND)
      return [acknowledged(ok)]
    case 'platform-ack':
    case 'register-answer':
    case 'media-answer':
      return []
    default:
      return [acknowledged(unsupported)]
  }
}

const parametersOf = ({ everyMs, plate }: VehicleWorks): Parameter[] => [
  dwordParameter(parameterIds.heartbeatIntervalS, 60),
  dwordParameter(parameterIds.reportIntervalS, Math.round(everyMs() / SECOND)),
  dwordParameter(parameterIds.maxSpeedKmh, 60),
  textParameter(parameterIds.plate, plate),
]
