/** JT/T 808: how vehicle terminals speak. Pure: bytes in, messages out, and back. */

export { gbkBytes, gbkText } from './bytes.ts'
export {
  checksum,
  encodeFrame,
  type HeaderInput,
  type Jt808Error,
  type Jt808ErrorCode,
  type Jt808Frame,
  type Jt808Header,
  type Jt808Result,
  type Jt808Revision,
  maxBodyBytes,
  maxFrameBytes,
} from './frame.ts'
export type { PositionItems, RawItem } from './items.ts'
export {
  createJt808Joiner,
  type Dropped,
  defaultJoinLimits,
  type Joined,
  type JoinLimits,
  type Jt808Joiner,
} from './join.ts'
export {
  decodeMessage,
  encodeBody,
  encodeMessage,
  type Jt808Message,
  type MessageReading,
  messageIds,
  type OutgoingMessage,
  type Terminal,
} from './message.ts'
export {
  type Acknowledgement,
  byteParameter,
  dwordParameter,
  type Follow,
  type MediaAnswer,
  type Parameter,
  type Parameters,
  type ParametersAnswer,
  parameterIds,
  parameterValue,
  type RegisterAnswer,
  type TakePhoto,
  type Text,
  textFlags,
  textParameter,
  wordParameter,
} from './platform.ts'
export {
  type AlarmName,
  alarmBits,
  alarmNames,
  decodePosition,
  encodePosition,
  type Position,
  type PositionInput,
  type PositionQuality,
  type PositionSlot,
  positionBytes,
  positionSlot,
  readPosition,
  type StatusName,
  statusBits,
  statusNames,
} from './position.ts'
export { createJt808Stream, type Jt808Stream } from './stream.ts'
export type { Auth, Batch, BatchInput, Media, Register } from './terminal.ts'
