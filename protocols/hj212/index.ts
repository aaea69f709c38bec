/** HJ 212: how noise and dust monitors speak. Pure: bytes in, messages out, and back. */

export {
  answerResult,
  type CommandAddress,
  commandCodes,
  dataAnswer,
  type ExeRtn,
  executionAnswer,
  exeRtn,
  factAnswer,
  factsOf,
  historyCommand,
  minuteIntervalCommand,
  minuteIntervalQuery,
  noticeAnswer,
  passwordCommand,
  type QnRtn,
  qnRtn,
  realtimeIntervalCommand,
  realtimeIntervalQuery,
  realtimeStartCommand,
  realtimeStopCommand,
  requestAnswer,
  timeCommand,
  timeoutCommand,
  timeQuery,
} from './commands.ts'
export { type CrcVariant, crcVariantOf, hexWord, hj212Crc, modbusCrc } from './crc.ts'
export { type DataFlag, dataFlags, type Factor, type FactorCode, factorOf, factors } from './factors.ts'
export { encodeFrame, encodeMessage, frameOverheadBytes, maxSegmentBytes } from './frame.ts'
export {
  createHj212Joiner,
  type Dropped,
  defaultJoinLimits,
  type Hj212Joiner,
  type Joined,
  type JoinLimits,
} from './join.ts'
export { type Observation, observations, type ReportPeriod, reportPeriod, reports } from './observations.ts'
export { commonVendorFactors, type Hj212Profile, strictProfile } from './profile.ts'
export { encodeReport, type Report, type ReportValue, standardSegmentChars } from './report.ts'
export {
  type CpGroup,
  encodeSegment,
  flagBits,
  flagOf,
  type Hj212Flag,
  type Hj212Message,
  type OutgoingMessage,
  parseSegment,
  type SegmentFault,
  type SegmentReading,
} from './segment.ts'
export {
  createHj212Stream,
  type Hj212Error,
  type Hj212ErrorCode,
  type Hj212Frame,
  type Hj212Result,
  type Hj212Stream,
  type Hj212StreamOptions,
} from './stream.ts'
export { formatQn, formatTime, parseTime } from './time.ts'
