import {
  encodeMessage as encodeMessage212,
  encodeReport,
  executionAnswer,
  factAnswer,
  formatQn,
  type Hj212Message,
  parseTime,
  requestAnswer,
} from '@pentad/hj212'
import { encodeMessage, type Jt808Message, type OutgoingMessage } from '@pentad/jt808'
import { sql } from '@pentad/platform/db'
import { logger } from '@pentad/platform/log'
import { RefusalError } from '@pentad/platform/refusal'
import { actorWith, testDatabase, testServer } from '@pentad/platform/testing'
import { HOUR, MINUTE, SECOND } from '@pentad/platform/time'
import { loadDevices, recordObservations, settleCommands } from '@pentad/sensing'
import { askCommand, cancelCommand, listCommands, readTalk, setTalk } from '@pentad/sensing/contract'
import { patienceOf } from '@pentad/sensing/model'
import { afterAll, expect, test } from 'vitest'
import {
  cellA,
  laySensingCity,
  minuteRecords,
  monitorMn,
  pointOf,
  vehiclePhone,
} from '../../../modules/sensing/testing.ts'
import { modules } from '../../server/modules.ts'
import { createDrive, roadNet, roadsOf } from '../../simulator/drive.ts'
import { simulateMonitor } from '../../simulator/monitor.ts'
import { simulateVehicle } from '../../simulator/vehicle.ts'
import { startGateway } from '../gateway.ts'
import { monitorAt, type Peer, terminalAt } from '../testing.ts'

const database = await testDatabase()
const { db, as } = await testServer(modules, { database })
await laySensingCity(db)
const quick = {
  hj212: { tries: 3, waitMs: () => 400, workMs: 400 },
  jt808: { tries: 3, waitMs: () => 400, workMs: 400 },
}
const start = (patience: typeof patienceOf = patienceOf) =>
  startGateway({
    settings: { bind: '127.0.0.1', hj212Port: 0, jt808Port: 0 },
    db,
    log: logger('test', 'silent'),
    commands: { everyMs: 50, settleMs: 300, patience },
  })
const gateway = await start()
const { ports } = gateway
afterAll(() => gateway.stop())

const idOf = async (address: string): Promise<string> =>
  (await sql<{ id: string }>`select id from sensing.device where address = ${address}`.execute(db)).rows[0]?.id ?? ''
const desk = as(
  actorWith({ areas: ['110101'], may: ['sensing.read', 'sensing.command', 'sensing.manage-devices'] }, 'desk'),
)
type Said = Parameters<typeof desk<typeof askCommand>>[1]['body']
const monitorNo = (n: number) => `CMD110101001NZ00000000${n}`
async function monitorOf(n: number): Promise<string> {
  await loadDevices(db, [
    {
      kind: 'noise_monitor',
      address: monitorNo(n),
      nameZh: `${n}`,
      nameEn: `${n}`,
      unitId: 'a-street',
      ...pointOf(cellA, n, n),
    },
  ])
  await gateway.refresh()
  return idOf(monitorNo(n))
}
const ask = async (device: string, body: Said): Promise<string> =>
  (await desk(askCommand, { params: { id: device }, body })).id
const commands = async (device: string) => (await desk(listCommands, { params: { id: device }, query: {} })).commands
const command = async (device: string, id: string) => (await commands(device)).find((c) => c.id === id)
const comesTo = (device: string, id: string, wanted: object, timeout = 10_000) =>
  expect.poll(() => command(device, id), { timeout }).toMatchObject(wanted)
const refusedAs = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof RefusalError ? error.refusal.refused : String(error)),
  )

let lastQn = Date.now()
const speak = (mn: string, at = new Date(), pw = '123456') =>
  encodeReport({
    ...{ qn: formatQn(new Date(++lastQn)), st: '23', cn: '2011', pw, mn, dataTime: at },
    values: [{ factor: 'LA', rtd: 51, flag: 'N' }],
  })
const kept = new WeakMap<object, Hj212Message[]>()
/** The next message that is a receipt for data, or one that is not: they cross each other on the line. */
async function heardBy(peer: Peer<Hj212Message>, isReceipt: boolean): Promise<Hj212Message> {
  const aside = kept.get(peer) ?? []
  kept.set(peer, aside)
  const wanted = (m: Hj212Message) => (m.cn === '9014') === isReceipt
  const at = aside.findIndex(wanted)
  const there = at < 0 ? undefined : aside.splice(at, 1)[0]
  if (there) return there
  for (;;) {
    const message = await peer.heard()
    if (wanted(message)) return message
    aside.push(message)
  }
}
const receipt = (peer: Peer<Hj212Message>) => heardBy(peer, true)
const told = (peer: Peer<Hj212Message>) => heardBy(peer, false)
const untold = (peer: Peer<Hj212Message>) => [...(kept.get(peer) ?? []), ...peer.unread].filter((m) => m.cn !== '9014')

/** A monitor that has just spoken, so that it can be spoken to. */
async function monitorThere(mn: string, port = ports.hj212): Promise<Peer<Hj212Message>> {
  const peer = await monitorAt(port)
  peer.send(...speak(mn))
  await receipt(peer)
  return peer
}

test('the time is set: asked, said within a second, answered twice, and written down with who asked and why [SEN-09]', async () => {
  const device = await idOf(monitorMn)
  const monitor = await monitorThere(monitorMn)
  const asked = Date.now()
  const id = await ask(device, { kind: 'set-time', reason: '时钟偏快' })
  const said = await told(monitor)
  expect(Date.now() - asked).toBeLessThan(1000)
  // To the kind, password and version that it uses itself.
  expect(said).toMatchObject({
    cn: '1012',
    mn: monitorMn,
    st: '23',
    pw: '123456',
    flag: { answerWanted: true, version: 2017 },
  })
  const time = parseTime(said.cp[0]?.SystemTime ?? '')
  expect(Math.abs((time?.getTime() ?? 0) - Date.now())).toBeLessThan(2 * SECOND)
  await comesTo(device, id, { state: 'sent', tries: 1, cause: 'person', reason: '时钟偏快', askedBy: 'desk' })
  monitor.send(requestAnswer(said, 1), executionAnswer(said, 1))
  await comesTo(device, id, { state: 'answered', answer: { exeRtn: 1 } })
  expect((await command(device, id))?.acceptedAt).not.toBeNull()
  const { rows } = await sql`select act from identity.audit where about = ${device} and act = 'command-device'`.execute(
    db,
  )
  expect(rows).toHaveLength(1)
  const news = await sql<{ state: string }>`select about ->> 'state' as state from platform.news
    where topic = 'command' and about ->> 'id' = ${id} order by seq`.execute(db)
  expect(news.rows.map((n) => n.state)).toEqual(['queued', 'sent', 'sent', 'answered'])
})

test('history that is asked for fills the gap under its own times, and its end waits until it is safe [SEN-09] [SEN-29]', async () => {
  const device = await monitorOf(1)
  const mn = monitorNo(1)
  const monitor = await monitorThere(mn)
  const from = new Date(Math.floor(Date.now() / MINUTE) * MINUTE - 5 * HOUR)
  const until = new Date(from.getTime() + 3 * MINUTE)
  const id = await ask(device, {
    kind: 'ask-history',
    period: 'minute',
    from: from.toISOString(),
    until: until.toISOString(),
  })
  const said = await told(monitor)
  expect(said.cn).toBe('2051')
  expect(said.cp.map((g) => parseTime(g.BeginTime ?? g.EndTime ?? '')?.getTime())).toEqual([
    from.getTime(),
    until.getTime(),
  ])
  const frames = [0, 1, 2].flatMap((m) =>
    encodeReport({
      ...{ qn: said.qn ?? '', st: '23', cn: '2051', pw: '123456', mn, answerWanted: false },
      dataTime: new Date(from.getTime() + m * MINUTE),
      values: [{ factor: 'Leq', avg: 60 + m, max: 65, min: 50, flag: 'N' }],
    }),
  )
  monitor.send(requestAnswer(said, 1), ...frames, executionAnswer(said, 1))
  await comesTo(device, id, {
    state: 'answered',
    answer: {
      exeRtn: 1,
      values: 3,
      firstAt: from.toISOString(),
      lastAt: new Date(until.getTime() - MINUTE).toISOString(),
    },
  })
  const { rows } = await sql<{ value: number; command_id: string }>`select value, command_id from sensing.observation
    where device_id = ${device} and period = 'minute' order by observed_at`.execute(db)
  // Valid values that say for what question they came.
  expect(rows).toEqual([60, 61, 62].map((value) => ({ value, command_id: id })))
})

test('no data is an answer, a refusal is a refusal, and each says by which word of the standard [SEN-09]', async () => {
  const device = await monitorOf(2)
  const monitor = await monitorThere(monitorNo(2))
  const history = {
    kind: 'ask-history',
    period: 'hour',
    from: new Date(Date.now() - 3 * HOUR).toISOString(),
    until: new Date().toISOString(),
  } as const
  const none = await ask(device, history)
  const asked = await told(monitor)
  monitor.send(requestAnswer(asked, 1), executionAnswer(asked, 100))
  await comesTo(device, none, { state: 'answered', answer: { exeRtn: 100, values: 0 } })
  const refused = await ask(device, { kind: 'set-interval', series: 'realtime', seconds: 30 })
  monitor.send(requestAnswer(await told(monitor), 3))
  await comesTo(device, refused, { state: 'refused', answer: { qnRtn: 3, why: 'wrong-pw' } })
  const busy = await ask(device, { kind: 'set-patience', seconds: 5, tries: 3 })
  const patience = await told(monitor)
  expect(patience).toMatchObject({ cn: '1000', cp: [{ OverTime: '5' }, { ReCount: '3' }] })
  monitor.send(requestAnswer(patience, 1), executionAnswer(patience, 5))
  await comesTo(device, busy, { state: 'failed', answer: { exeRtn: 5, why: 'busy' } })
  const clock = await ask(device, { kind: 'read-time' })
  const read = await told(monitor)
  monitor.send(
    requestAnswer(read, 1),
    factAnswer(read, '23', '1011', { SystemTime: '20260101000000' }),
    executionAnswer(read, 1),
  )
  await comesTo(device, clock, { state: 'answered', answer: { systemTime: '2025-12-31T16:00:00.000Z' } })
})

test('a device does one thing at a time, in the order in which it was asked [SEN-09]', async () => {
  const device = await monitorOf(3)
  const monitor = await monitorThere(monitorNo(3))
  const first = await ask(device, { kind: 'read-interval' })
  const second = await ask(device, { kind: 'read-time' })
  const said = await told(monitor)
  expect(said.cn).toBe('1061')
  await new Promise((go) => setTimeout(go, 300))
  expect(untold(monitor)).toEqual([])
  expect(await command(device, second)).toMatchObject({ state: 'queued', tries: 0 })
  monitor.send(requestAnswer(said, 1), factAnswer(said, '23', '1061', { RtdInterval: 30 }), executionAnswer(said, 1))
  await comesTo(device, first, { state: 'answered', answer: { realtimeIntervalS: 30 } })
  expect((await told(monitor)).cn).toBe('1011')
})

test('a device that is away is told when it comes back; taken back in time, it is told nothing [SEN-09]', async () => {
  const device = await monitorOf(4)
  const id = await ask(device, { kind: 'read-time' })
  const dropped = await ask(device, { kind: 'read-interval' })
  await desk(cancelCommand, { params: { id: device }, body: { commandId: dropped } })
  await gateway.refresh()
  expect((await command(device, id))?.state).toBe('queued')
  const monitor = await monitorThere(monitorNo(4))
  const said = await told(monitor)
  expect(said.cn).toBe('1011')
  monitor.send(
    requestAnswer(said, 1),
    factAnswer(said, '23', '1011', { SystemTime: '20260101000000' }),
    executionAnswer(said, 1),
  )
  await comesTo(device, id, { state: 'answered' })
  expect((await command(device, dropped))?.state).toBe('cancelled')
  expect(untold(monitor)).toEqual([])
  expect(await refusedAs(desk(cancelCommand, { params: { id: device }, body: { commandId: id } }))).toBe(
    'sensing/command-said',
  )
})

test('without an answer it is said three times under one number, and then it has failed [SEN-29]', async () => {
  const hasty = await start(quick)
  const device = await monitorOf(5)
  await hasty.refresh()
  const monitor = await monitorThere(monitorNo(5), hasty.ports.hj212)
  const id = await ask(device, { kind: 'read-time' })
  const said = [await told(monitor), await told(monitor), await told(monitor)]
  expect(new Set(said.map((m) => m.qn)).size).toBe(1)
  await comesTo(device, id, { state: 'failed', tries: 3, answer: { why: 'no-answer', accepted: false } })
  // Accepted and then silent is told apart; it may have been done.
  const other = await ask(device, { kind: 'set-time' })
  monitor.send(requestAnswer(await told(monitor), 1))
  await comesTo(device, other, { state: 'failed', tries: 1, answer: { why: 'no-answer', accepted: true } })
  await hasty.stop()
})

test('several gateways that all have the device say it once [SEN-29]', async () => {
  const others = await Promise.all([start(), start()])
  const device = await monitorOf(6)
  await Promise.all(others.map((g) => g.refresh()))
  const peers = await Promise.all(
    [ports.hj212, ...others.map((g) => g.ports.hj212)].map((p) => monitorThere(monitorNo(6), p)),
  )
  for (let round = 0; round < 5; round++) {
    const id = await ask(device, { kind: 'read-interval' })
    await expect.poll(() => peers.reduce((n, p) => n + untold(p).length, 0), { timeout: 5000 }).toBe(1)
    await new Promise((go) => setTimeout(go, 150))
    expect(peers.reduce((n, p) => n + untold(p).length, 0)).toBe(1)
    for (const peer of peers) {
      if (untold(peer).length === 0) continue
      const said = await told(peer)
      peer.send(requestAnswer(said, 1), factAnswer(said, '23', '1061', { RtdInterval: 30 }), executionAnswer(said, 1))
    }
    await comesTo(device, id, { state: 'answered', tries: 1 })
  }
  await Promise.all(others.map((g) => g.stop()))
})

test('a gateway that dies between word and answer leaves it sent; then it is said again, and an old answer still counts [SEN-29]', async () => {
  const dying = await start()
  const device = await monitorOf(7)
  await dying.refresh()
  const monitor = await monitorThere(monitorNo(7), dying.ports.hj212)
  const id = await ask(device, { kind: 'read-interval' })
  const said = await told(monitor)
  await dying.stop()
  await settleCommands(db, new Date())
  expect(await command(device, id)).toMatchObject({ state: 'sent', tries: 1 })
  // It answers on its next connection, to another gateway.
  const back = await monitorThere(monitorNo(7))
  back.send(executionAnswer(said, 1))
  await comesTo(device, id, { state: 'answered', tries: 1 })
  // The same without that answer: nobody looks after it, so it goes back into the queue.
  const again = await ask(device, { kind: 'read-interval' })
  const first = await told(back)
  back.socket.destroy()
  await back.closed
  await settleCommands(db, new Date(Date.now() + MINUTE))
  expect(await command(device, again)).toMatchObject({ state: 'queued', tries: 1 })
  const third = await monitorThere(monitorNo(7))
  const second = await told(third)
  expect(second.cn).toBe(first.cn)
  third.send(requestAnswer(second, 1), executionAnswer(second, 1))
  await comesTo(device, again, { state: 'answered', tries: 2 })
})

test('what waits behind a command that a dead gateway had in hand is said once that one is settled [SEN-29]', async () => {
  const dying = await start()
  const device = await monitorOf(12)
  await dying.refresh()
  const monitor = await monitorThere(monitorNo(12), dying.ports.hj212)
  const first = await ask(device, { kind: 'read-interval' })
  await told(monitor)
  await dying.stop()
  const second = await ask(device, { kind: 'read-time' })
  const back = await monitorThere(monitorNo(12))
  await new Promise((go) => setTimeout(go, 300))
  expect(untold(back)).toEqual([])
  expect(await command(device, second)).toMatchObject({ state: 'queued', tries: 0 })
  await settleCommands(db, new Date(Date.now() + 30 * SECOND))
  // The older one again, then the other.
  const said = await told(back)
  expect(said.cn).toBe('1061')
  back.send(requestAnswer(said, 1), executionAnswer(said, 1))
  await comesTo(device, first, { state: 'answered', tries: 2 })
  expect((await told(back)).cn).toBe('1011')
})

test('a monitor that comes back on another line may answer there, and asks for the time as often as it starts [SEN-09]', async () => {
  const device = await monitorOf(13)
  const mn = monitorNo(13)
  const first = await monitorThere(mn)
  const id = await ask(device, { kind: 'read-interval' })
  const said = await told(first)
  const second = await monitorThere(mn)
  second.send(requestAnswer(said, 1), factAnswer(said, '23', '1061', { RtdInterval: 45 }), executionAnswer(said, 1))
  await comesTo(device, id, { state: 'answered', tries: 1, answer: { realtimeIntervalS: 45 } })
  const wish = encodeMessage212({ qn: formatQn(new Date()), st: '23', cn: '1013', pw: '123456', mn, flag: 5, cp: [] })
  second.send(wish, wish, wish)
  const answers = [await told(second), await told(second), await told(second), await told(second)].map((m) => m.cn)
  expect([...answers].sort()).toEqual(['1012', '9013', '9013', '9013'])
  expect((await commands(device)).filter((c) => c.cause === 'device')).toHaveLength(1)
})

test('what was never said expires; the rights of the two verbs are apart [SEN-31]', async () => {
  const device = await monitorOf(8)
  const id = await ask(device, { kind: 'read-time', expiresInMinutes: 1 })
  await settleCommands(db, new Date(Date.now() + 2 * MINUTE))
  expect(await command(device, id)).toMatchObject({ state: 'expired', tries: 0, answer: null })
  const speaker = as(actorWith({ areas: ['110101'], may: ['sensing.read', 'sensing.command'] }))
  expect(await refusedAs(speaker(askCommand, { params: { id: device }, body: { kind: 'set-time' } }))).toBe(
    'platform/not-allowed',
  )
  expect(await refusedAs(speaker(askCommand, { params: { id: device }, body: { kind: 'read-time' } }))).toBe('done')
  const elsewhere = as(actorWith({ areas: ['110102'], may: ['sensing.read', 'sensing.command'] }))
  expect(await refusedAs(elsewhere(askCommand, { params: { id: device }, body: { kind: 'read-time' } }))).toBe(
    'platform/not-found',
  )
  await loadDevices(db, [
    { kind: 'phone', protocol: 'osmand', address: 'cmd-phone', nameZh: '手机', nameEn: 'Phone', unitId: 'a-street' },
  ])
  const phone = await idOf('cmd-phone')
  expect((await desk(listCommands, { params: { id: phone }, query: {} })).kinds).toEqual([])
  expect(await refusedAs(ask(phone, { kind: 'ask-position' }))).toBe('sensing/no-way-down')
  expect(await refusedAs(ask(device, { kind: 'text', text: '你好' }))).toBe('sensing/not-a-command')
})

test('a clock that is off is set by itself, once in some hours, and as the device is told to be spoken with [SEN-09]', async () => {
  const device = await monitorOf(9)
  const mn = monitorNo(9)
  const wished = { version: 2025 as const, clockBoundSeconds: 45, clockEveryHours: 6, gapMinutes: 10 }
  await desk(setTalk, { params: { id: device }, body: wished })
  expect(await desk(readTalk, { params: { id: device } })).toEqual(wished)
  await gateway.refresh()
  const monitor = await monitorAt(ports.hj212)
  const late = (at: Peer<Hj212Message>, offMs: number) => {
    const qn = formatQn(new Date(Date.now() + offMs))
    const values = [{ factor: 'LA', rtd: 50, flag: 'N' as const }]
    at.send(...encodeReport({ qn, st: '23', cn: '2011', pw: '1', mn, dataTime: new Date(), values }))
    return receipt(at)
  }
  for (let i = 0; i < 3; i++) await late(monitor, 40 * SECOND)
  expect(await commands(device)).toEqual([])
  for (let i = 0; i < 3; i++) await late(monitor, -120 * SECOND + 10 * i)
  const said = await told(monitor)
  // Version 2025 in the flag, as it was wished.
  expect(said).toMatchObject({ cn: '1012', flag: { version: 2025, answerWanted: true } })
  monitor.send(requestAnswer(said, 1), executionAnswer(said, 1))
  await expect
    .poll(() => commands(device))
    .toMatchObject([
      { kind: 'set-time', cause: 'clock', state: 'answered', askedBy: null, parameters: { offSeconds: -120 } },
    ])
  // Another gateway, which remembers nothing, sees the same clock: six hours are not over.
  const other = await start()
  await other.refresh()
  const second = await monitorAt(other.ports.hj212)
  for (let i = 0; i < 4; i++) await late(second, -120 * SECOND + i)
  await other.refresh()
  expect(await commands(device)).toHaveLength(1)
  await other.stop()
})

test('a gap in the minutes of a logger that came back is asked for once [SEN-09]', async () => {
  const device = await monitorOf(10)
  const base = Math.floor(Date.now() / MINUTE) * MINUTE - 3 * HOUR
  const minutes = (from: number, n: number) => minuteRecords(device, new Date(base + from * MINUTE), Array(n).fill(55))
  await recordObservations(db, [...minutes(0, 20), ...minutes(60, 60), ...minutes(125, 20)])
  const monitor = await monitorThere(monitorNo(10))
  const said = await told(monitor)
  expect(said.cn).toBe('2051')
  expect(said.cp.map((g) => parseTime(g.BeginTime ?? g.EndTime ?? '')?.getTime())).toEqual([
    base + 20 * MINUTE,
    base + 60 * MINUTE,
  ])
  monitor.send(requestAnswer(said, 1), executionAnswer(said, 100))
  await expect.poll(() => commands(device)).toMatchObject([{ cause: 'gap', state: 'answered', answer: { values: 0 } }])
  monitor.socket.destroy()
  await monitor.closed
  const again = await monitorThere(monitorNo(10))
  await new Promise((go) => setTimeout(go, 700))
  expect(untold(again)).toEqual([])
  expect(await commands(device)).toHaveLength(1)
})

let serial = 0
const frames = (message: OutgoingMessage, revision: 2013 | 2019 = 2013) =>
  encodeMessage({ phone: vehiclePhone, revision }, serial++ & 0xffff, message)
async function terminalThere(revision: 2013 | 2019 = 2013): Promise<Peer<Jt808Message>> {
  const terminal = await terminalAt(ports.jt808)
  const layout = revision
  terminal.send(
    ...frames(
      {
        kind: 'register',
        layout,
        province: 11,
        city: 101,
        maker: 'T',
        model: 'T',
        terminalId: 'T1',
        plateColour: 1,
        plate: '京A',
      },
      revision,
    ),
  )
  const answer = await terminal.heard()
  if (answer.kind !== 'register-answer' || !answer.token) throw new Error('no token')
  terminal.send(...frames({ kind: 'auth', token: answer.token }, revision))
  expect(await terminal.heard()).toMatchObject({ ackedId: 0x0102, result: 0 })
  return terminal
}

test('simulated monitors and vehicles answer on the wire: clock, history, text, position, interval, parameters [SEN-02] [SEN-09]', async () => {
  await monitorOf(11)
  const mn = monitorNo(11)
  const far = { host: '127.0.0.1', seed: 5 }
  const monitor = simulateMonitor({
    ...far,
    port: ports.hj212,
    mn,
    rtdEveryMs: 100,
    backfillMinutes: 1,
    faults: { driftS: 900 },
  })
  const [west, east] = [pointOf(cellA, 10), pointOf(cellA, 90)]
  const line = {
    type: 'LineString',
    coordinates: [
      [west.lon, west.lat],
      [east.lon, east.lat],
    ],
  }
  const net = roadNet(roadsOf([{ properties: { layer: 'road', class: 'secondary' }, geometry: line }]))
  const vehicle = simulateVehicle({
    ...far,
    port: ports.jt808,
    phone: vehiclePhone,
    plate: '京A·T001',
    drive: createDrive(net, 1),
    everyMs: 100,
  })
  afterAll(() => Promise.all([monitor.stop(), vehicle.stop()]))
  const device = await idOf(mn)
  const clocks = async () => (await commands(device)).filter((c) => c.cause === 'clock')
  await expect.poll(clocks, { timeout: 10_000 }).toMatchObject([{ state: 'answered' }])
  const read = await ask(device, { kind: 'read-time' })
  await comesTo(device, read, { state: 'answered' })
  expect(Math.abs(Number((await command(device, read))?.answer?.offSeconds))).toBeLessThan(3)
  const until = new Date(Math.floor(Date.now() / MINUTE) * MINUTE - 2 * HOUR)
  const from = new Date(until.getTime() - 30 * MINUTE)
  const history = await ask(device, {
    kind: 'ask-history',
    period: 'minute',
    from: from.toISOString(),
    until: until.toISOString(),
  })
  await comesTo(device, history, { state: 'answered', answer: { values: 30, firstAt: from.toISOString() } })

  const car = await idOf(vehiclePhone)
  const text = await ask(car, { kind: 'text', text: '请到东四路口,核查占道' })
  await comesTo(car, text, { state: 'answered', answer: { result: 0 } })
  expect(vehicle.shown).toEqual(['请到东四路口,核查占道'])
  const where = await ask(car, { kind: 'ask-position' })
  await comesTo(car, where, { state: 'answered', answer: { fixed: true } })
  expect(Number((await command(car, where))?.answer?.lon)).toBeCloseTo(west.lon, 1)
  await comesTo(car, await ask(car, { kind: 'set-interval', seconds: 7 }), { state: 'answered' })
  const parameters = await ask(car, { kind: 'read-parameters' })
  await comesTo(car, parameters, { state: 'answered', answer: { parameters: { '0x0029': 7, '0x0083': '京A·T001' } } })
  await vehicle.stop()
})

test('a text is GBK with its flags by the revision, is shown twice to nobody, and a terminal may refuse [SEN-02]', async () => {
  const car = await idOf(vehiclePhone)
  const terminal = await terminalThere(2019)
  const id = await ask(car, { kind: 'text', text: '速回队部', urgent: true, speak: false })
  const said = await terminal.heard()
  expect(said).toEqual({ kind: 'text', flag: 2 | 4, textType: 1, text: '速回队部' })
  terminal.socket.destroy()
  await terminal.closed
  await settleCommands(db, new Date(Date.now() + MINUTE))
  expect(await command(car, id)).toMatchObject({ state: 'failed', answer: { why: 'no-answer' } })
  const again = await terminalThere()
  const refused = await ask(car, { kind: 'follow', seconds: 5, forSeconds: 60 })
  expect(await again.heard()).toEqual({ kind: 'follow', intervalS: 5, validS: 60 })
  const { rows } = await sql<{ ref: string }>`select ref from sensing.command where id = ${refused}`.execute(db)
  const ackedSerial = Number(rows[0]?.ref.split('.')[1])
  again.send(...frames({ kind: 'terminal-ack', ackedSerial, ackedId: 0x8202, result: 3 }))
  await comesTo(car, refused, { state: 'refused', answer: { result: 3, why: 'not-supported' } })
})
