import { expect, test } from 'vitest'
import {
  answerResult,
  dataAnswer,
  executionAnswer,
  factAnswer,
  factsOf,
  historyCommand,
  noticeAnswer,
  passwordCommand,
  realtimeIntervalCommand,
  realtimeIntervalQuery,
  realtimeStopCommand,
  requestAnswer,
  timeCommand,
  timeoutCommand,
  timeQuery,
} from './commands.ts'
import { flagOf, type Hj212Message } from './segment.ts'
import { createHj212Stream } from './stream.ts'

const to = { qn: '20160801085857223', st: '32', pw: '100000', mn: '010000A8900016F000169DC0' }
const asked: Hj212Message = { ...to, cn: '2011', flag: flagOf(5), cp: [] }

function read(frame: Uint8Array) {
  const [result] = createHj212Stream().push(frame)
  if (!result?.ok) throw new Error(result?.error.code ?? 'no frame')
  return result.frame
}
const tail = (frame: Uint8Array) => read(frame).segment.replace(/^.*?CN=/, 'CN=')

test('the command of appendix A is written byte for byte', () => {
  expect(new TextDecoder().decode(realtimeIntervalCommand(to, 30))).toBe(
    '##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n',
  )
})

test('data are answered under the same QN, with an empty CP, wanting no answer', () => {
  expect(read(dataAnswer(asked)).segment).toBe(
    'QN=20160801085857223;ST=91;CN=9014;PW=100000;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&',
  )
  expect(read(dataAnswer({ ...asked, flag: flagOf(9) })).message.flag).toEqual(flagOf(8))
  expect(read(noticeAnswer(asked)).message.cn).toBe('9013')
})

test('a command is answered twice: may it run, and how it ended', () => {
  expect(answerResult(read(requestAnswer(asked, 3)).message)).toEqual({ qnRtn: 3 })
  expect(answerResult(read(executionAnswer(asked, 100)).message)).toEqual({ exeRtn: 100 })
  expect(answerResult(asked)).toBeNull()
})

test('commands carry their parameters by the names of appendix C', () => {
  const midnight = new Date('2024-05-07T16:00:00.000Z')
  const head = `PW=100000;MN=${to.mn};Flag=5;CP=&&`
  expect(tail(timeoutCommand(to, 5, 3))).toBe(`CN=1000;${head}OverTime=5;ReCount=3&&`)
  expect(tail(timeQuery(to))).toBe(`CN=1011;${head}&&`)
  expect(tail(timeCommand(to, midnight, 'w01018'))).toBe(`CN=1012;${head}PolId=w01018;SystemTime=20240508000000&&`)
  expect(tail(realtimeIntervalQuery(to))).toBe(`CN=1061;${head}&&`)
  expect(tail(passwordCommand(to, '654321'))).toBe(`CN=1072;${head}NewPW=654321&&`)
  expect(tail(realtimeStopCommand(to))).toBe(`CN=2012;${head}&&`)
  const range = { begin: midnight, end: new Date(midnight.getTime() + 3_600_000) }
  expect(tail(historyCommand(to, 'hour', range))).toBe(
    `CN=2061;${head}BeginTime=20240508000000;EndTime=20240508010000&&`,
  )
  expect(tail(historyCommand(to, 'minute', range))).toMatch(/^CN=2051/)
  expect(tail(historyCommand(to, 'day', range))).toMatch(/^CN=2031/)
})

test('what a device says of itself is read under the question, and nothing else is taken for it', () => {
  const facts = (cn: string, said: Record<string, string | number>) =>
    factsOf(read(factAnswer(asked, '23', cn, said)).message)
  expect(facts('1011', { SystemTime: '20240508000000' })).toEqual({ systemTime: new Date('2024-05-07T16:00:00.000Z') })
  expect(facts('1061', { RtdInterval: 30 })).toEqual({ realtimeIntervalS: 30 })
  expect(facts('1063', { MinInterval: 10 })).toEqual({ minuteIntervalMinutes: 10 })
  expect(facts('1011', { SystemTime: '20241308000000' })).toBeNull()
  expect(facts('1061', { RtdInterval: '1e3' })).toBeNull()
  expect(facts('2011', { RtdInterval: 30 })).toBeNull()
  expect(read(factAnswer(asked, '23', '1061', { RtdInterval: 30 })).message).toMatchObject({
    qn: to.qn,
    st: '23',
    flag: { answerWanted: false },
  })
})
