/** The link of a JT/T 808 terminal: registers, authenticates, numbers what it says, and tells what it hears. */
import {
  createJt808Stream,
  decodeMessage,
  encodeMessage,
  type Jt808Header,
  type Jt808Message,
  type OutgoingMessage,
} from '@pentad/jt808'
import { openWire, type Wire, type WireOptions } from './wire.ts'

export interface TerminalOptions extends Pick<WireOptions, 'host' | 'port' | 'seed' | 'faults'> {
  /** Phone number of the terminal. */
  phone: string
  plate: string
  model: string
  /** Called again for each registering. */
  onRegister?: () => void
  /** All but what registering and authenticating ask for. */
  onMessage: (message: Jt808Message, header: Jt808Header) => void
}
export interface Terminal {
  wire: Wire
  readonly authenticated: boolean
  register: () => void
  /** Gives the serial under which it will be answered. */
  say: (message: OutgoingMessage) => number
}

export function openTerminal({ phone, plate, model, onRegister, onMessage, ...link }: TerminalOptions): Terminal {
  let serial = 0
  let authenticated = false
  const stream = createJt808Stream()
  const wire = openWire({
    ...link,
    onOpen() {
      authenticated = false
      register()
    },
    onData(chunk) {
      for (const result of stream.push(chunk)) {
        const reading = result.ok ? decodeMessage(result.frame) : undefined
        if (!result.ok || !reading?.ok) continue
        const { message } = reading
        if (message.kind === 'register-answer' && message.token) say({ kind: 'auth', token: message.token })
        if (message.kind === 'platform-ack' && message.ackedId === 0x0102) authenticated = message.result === 0
        onMessage(message, result.frame.header)
      }
    },
  })
  function register(): void {
    onRegister?.()
    say({
      kind: 'register',
      layout: 2013,
      province: 11,
      city: 101,
      maker: 'SIM',
      model,
      terminalId: phone.slice(-7),
      plateColour: 1,
      plate,
    })
  }
  function say(message: OutgoingMessage): number {
    const own = serial
    for (const frame of encodeMessage({ phone, revision: 2013 }, serial, message)) {
      serial = (serial + 1) & 0xffff
      wire.send(frame)
    }
    return own
  }
  return {
    wire,
    get authenticated() {
      return authenticated
    },
    register,
    say,
  }
}
