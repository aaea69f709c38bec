/** Command codes and what the platform writes: answers and commands (HJ 212-2017, chapter 6 and appendix C). */

import { encodeMessage } from './frame.ts'
import { flagBits, type Hj212Message, type OutgoingMessage } from './segment.ts'
import { formatTime, parseTime } from './time.ts'

/** CN, 命令编码. `from` is who sends it first; an answer with data comes back under the same code. */
export const commandCodes = {
  '1000': { from: 'platform', zh: '设置超时时间及重发次数' },
  '1011': { from: 'platform', zh: '提取/上传现场机时间' },
  '1012': { from: 'platform', zh: '设置现场机时间' },
  '1013': { from: 'device', zh: '现场机时间校准请求' },
  '1014': { from: 'device', zh: '密钥交换(2025)' },
  '1061': { from: 'platform', zh: '提取/上传实时数据间隔' },
  '1062': { from: 'platform', zh: '设置实时数据间隔' },
  '1063': { from: 'platform', zh: '提取/上传分钟数据间隔' },
  '1064': { from: 'platform', zh: '设置分钟数据间隔' },
  '1072': { from: 'platform', zh: '设置现场机密码' },
  '2011': { from: 'both', zh: '取/上传实时数据' },
  '2012': { from: 'platform', zh: '停止察看实时数据' },
  '2031': { from: 'both', zh: '取/上传日历史数据' },
  '2041': { from: 'both', zh: '取/上传设备运行时间日历史数据' },
  '2051': { from: 'both', zh: '取/上传分钟数据' },
  '2061': { from: 'both', zh: '取/上传小时数据' },
  '2081': { from: 'device', zh: '上传数采仪开机时间' },
  '9011': { from: 'both', zh: '请求应答' },
  '9012': { from: 'both', zh: '执行结果' },
  '9013': { from: 'both', zh: '通知应答' },
  '9014': { from: 'both', zh: '数据应答' },
  '9015': { from: 'device', zh: '心跳(2025)' },
} as const satisfies Record<string, { from: 'platform' | 'device' | 'both'; zh: string }>

/** QnRtn, 请求返回: may the command run. */
export const qnRtn = {
  1: 'ready',
  2: 'refused',
  3: 'wrong-pw',
  4: 'wrong-mn',
  5: 'wrong-st',
  6: 'wrong-flag',
  7: 'wrong-qn',
  8: 'wrong-cn',
  9: 'wrong-crc',
  100: 'unknown',
} as const
export type QnRtn = keyof typeof qnRtn

/** ExeRtn, 执行结果: how it ended. */
export const exeRtn = {
  1: 'done',
  2: 'failed',
  3: 'condition-not-met',
  4: 'timed-out',
  5: 'busy',
  6: 'system-fault',
  100: 'no-data',
} as const
export type ExeRtn = keyof typeof exeRtn

/** ST of every message that serves the exchange itself. */
const interaction = '91'

type Asked = Pick<Hj212Message, 'qn' | 'pw' | 'mn' | 'flag'>

/** An answer wears the QN and the version of what it answers, and wants no answer itself. */
function answer(to: Asked, cn: string, cp: OutgoingMessage['cp'] = []): Uint8Array {
  const { qn, pw, mn } = to
  return encodeMessage({
    ...(qn === undefined ? {} : { qn }),
    st: interaction,
    cn,
    ...(pw === undefined ? {} : { pw }),
    mn,
    flag: flagBits({ version: to.flag?.version ?? 2017 }),
    cp,
  })
}

/** 9014: wanted for each data message, and each packet of a split one, whose flag bit A is set. */
export const dataAnswer = (to: Asked): Uint8Array => answer(to, '9014')
/** 9013: a notice was received. */
export const noticeAnswer = (to: Asked): Uint8Array => answer(to, '9013')
/** 9011: first answer to a command. */
export const requestAnswer = (to: Asked, result: QnRtn): Uint8Array => answer(to, '9011', [{ QnRtn: result }])
/** 9012: last answer to a command. */
export const executionAnswer = (to: Asked, result: ExeRtn): Uint8Array => answer(to, '9012', [{ ExeRtn: result }])

/** The result of a 9011 or 9012, else null. Codes outside the tables are kept as numbers. */
export function answerResult(message: Hj212Message): { qnRtn: number } | { exeRtn: number } | null {
  const key = message.cn === '9011' ? 'QnRtn' : message.cn === '9012' ? 'ExeRtn' : null
  if (key === null) return null
  const text = message.cp.find((group) => group[key] !== undefined)?.[key]
  if (text === undefined || !/^\d{1,4}$/.test(text)) return null
  return key === 'QnRtn' ? { qnRtn: Number(text) } : { exeRtn: Number(text) }
}

/** The answers with data to 1011, 1061 and 1063, as a device writes them: under the QN of the question. */
export function factAnswer(
  to: Asked,
  st: string,
  cn: string,
  facts: Readonly<Record<string, string | number>>,
): Uint8Array {
  const { qn, pw, mn } = to
  return encodeMessage({
    ...(qn === undefined ? {} : { qn }),
    st,
    cn,
    ...(pw === undefined ? {} : { pw }),
    mn,
    flag: flagBits({ version: to.flag?.version ?? 2017 }),
    cp: [facts],
  })
}

/** What a device says of itself in answer to 1011, 1061 or 1063; null for everything else. */
export function factsOf(
  message: Hj212Message,
  dataTimeMilliseconds = false,
): { systemTime: Date } | { realtimeIntervalS: number } | { minuteIntervalMinutes: number } | null {
  const value = (key: string) => message.cp.find((group) => group[key] !== undefined)?.[key]
  const whole = (text: string | undefined) => (text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null)
  if (message.cn === '1011') {
    const text = value('SystemTime')
    const systemTime = text === undefined ? null : parseTime(text, dataTimeMilliseconds)
    return systemTime && { systemTime }
  }
  const seconds = message.cn === '1061' ? whole(value('RtdInterval')) : null
  if (seconds !== null) return { realtimeIntervalS: seconds }
  const minutes = message.cn === '1063' ? whole(value('MinInterval')) : null
  return minutes === null ? null : { minuteIntervalMinutes: minutes }
}

/** Whom a command is for. `qn` is unique per device: `formatQn(now)`. */
export type CommandAddress = {
  readonly qn: string
  readonly st: string
  readonly pw: string
  readonly mn: string
  readonly version?: 2005 | 2017 | 2025
}

function command(to: CommandAddress, cn: string, cp: OutgoingMessage['cp'] = []): Uint8Array {
  const { version = 2017, qn, st, pw, mn } = to
  return encodeMessage({ qn, st, cn, pw, mn, flag: flagBits({ version, answerWanted: true }), cp })
}

const ofInstrument = (polId?: string) => (polId === undefined ? {} : { PolId: polId })

/** 1000: seconds until a message counts as lost, and how often it is sent again. */
export const timeoutCommand = (to: CommandAddress, overTimeS: number, reCount: number): Uint8Array =>
  command(to, '1000', [{ OverTime: overTimeS }, { ReCount: reCount }])
/** 1011: what time is it there. `polId` asks one instrument in place of the data logger. */
export const timeQuery = (to: CommandAddress, polId?: string): Uint8Array =>
  command(to, '1011', polId === undefined ? [] : [ofInstrument(polId)])
/** 1012: set the clock. */
export const timeCommand = (to: CommandAddress, time: Date, polId?: string): Uint8Array =>
  command(to, '1012', [...(polId === undefined ? [] : [ofInstrument(polId)]), { SystemTime: formatTime(time) }])
/** 1061: how often real-time data come. */
export const realtimeIntervalQuery = (to: CommandAddress): Uint8Array => command(to, '1061')
/** 1062: seconds between real-time messages. */
export const realtimeIntervalCommand = (to: CommandAddress, intervalS: number): Uint8Array =>
  command(to, '1062', [{ RtdInterval: intervalS }])
/** 1063: how often minute data come. */
export const minuteIntervalQuery = (to: CommandAddress): Uint8Array => command(to, '1063')
/** 1064: minutes between minute messages. */
export const minuteIntervalCommand = (to: CommandAddress, intervalMinutes: number): Uint8Array =>
  command(to, '1064', [{ MinInterval: intervalMinutes }])
/** 1072: a new password, six characters; the address carries the old one. */
export const passwordCommand = (to: CommandAddress, newPw: string): Uint8Array =>
  command(to, '1072', [{ NewPW: newPw }])
/** 2011 and 2012: begin and end of real-time messages. */
export const realtimeStartCommand = (to: CommandAddress): Uint8Array => command(to, '2011')
export const realtimeStopCommand = (to: CommandAddress): Uint8Array => command(to, '2012')
/** 2031, 2051, 2061: the day, minute or hour values kept there. */
export function historyCommand(
  to: CommandAddress,
  period: 'day' | 'minute' | 'hour',
  range: { readonly begin: Date; readonly end: Date },
): Uint8Array {
  const cn = period === 'day' ? '2031' : period === 'minute' ? '2051' : '2061'
  return command(to, cn, [{ BeginTime: formatTime(range.begin) }, { EndTime: formatTime(range.end) }])
}
