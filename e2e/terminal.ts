/** A vehicle's terminal for stories: says over JT/T 808 where it was, and comes back when each fix is safe. */
import { connect } from 'node:net'
import { createJt808Stream, decodeMessage, encodeMessage, type OutgoingMessage } from '@pentad/jt808'
import { city } from './city.ts'

export interface Told {
  at: Date
  lon: number
  lat: number
  speedKmh: number
}

async function talk(phone: string, plate: string, fixes: readonly Told[]): Promise<void> {
  const socket = connect(city().jt808Port, '127.0.0.1')
  const stream = createJt808Stream()
  let serial = 0
  const waiting = new Map<number, () => void>()
  let token: ((token: string) => void) | undefined
  const say = (message: OutgoingMessage): number => {
    const own = serial
    for (const frame of encodeMessage({ phone, revision: 2013 }, serial, message)) {
      serial = (serial + 1) & 0xffff
      socket.write(frame)
    }
    return own
  }
  const safe = (message: OutgoingMessage): Promise<void> => new Promise((done) => waiting.set(say(message), done))
  socket.on('data', (chunk) => {
    for (const result of stream.push(chunk)) {
      const reading = result.ok ? decodeMessage(result.frame) : undefined
      if (!reading?.ok) continue
      const { message } = reading
      if (message.kind === 'register-answer' && message.token) token?.(message.token)
      if (message.kind === 'platform-ack' && message.result === 0) waiting.get(message.ackedSerial)?.()
    }
  })
  const patience = setTimeout(() => socket.destroy(new Error('the gateway did not answer in time')), 15_000)
  try {
    await new Promise<void>((done, fail) => {
      socket.once('error', fail)
      socket.once('close', () => fail(new Error('the gateway hung up')))
      const go = async () => {
        const known = new Promise<string>((hear) => {
          token = hear
        })
        say({
          ...{ kind: 'register', layout: 2013, province: 11, city: 101, maker: 'STORY', model: 'S' },
          ...{ terminalId: phone.slice(-7), plateColour: 1, plate },
        })
        await safe({ kind: 'auth', token: await known })
        for (const { at, lon, lat, speedKmh } of fixes)
          await safe({
            kind: 'position',
            position: {
              ...{ accOn: true, fixed: true, latitudeDeg: lat, longitudeDeg: lon, altitudeM: 45 },
              ...{ speedKmh, courseDeg: 90, time: new Date(Math.floor(at.getTime() / 1000) * 1000) },
            },
          })
        done()
      }
      socket.once('connect', () => void go().catch(fail))
    })
  } finally {
    clearTimeout(patience)
    socket.removeAllListeners('close')
    socket.destroy()
  }
}

/** The gateway may not have heard of a new terminal yet. */
export async function drive(phone: string, plate: string, fixes: readonly Told[]): Promise<void> {
  for (let tries = 0; ; tries++)
    try {
      await talk(phone, plate, fixes)
      return
    } catch (error) {
      if (tries >= 5) throw error
      await new Promise((go) => setTimeout(go, 2000))
    }
}
