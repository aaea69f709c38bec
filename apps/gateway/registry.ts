/** The devices that may speak, held in memory and brought up to date every few seconds. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Hj212Profile } from '@pentad/hj212'
import type { Db } from '@pentad/platform/db'
import type { Logger } from '@pentad/platform/log'
import { barredAddresses, devicesSince, type KnownDevice, sharedSecret } from '@pentad/sensing'
import { addressOf } from '@pentad/sensing/model'

export interface Registry {
  find: (protocol: KnownDevice['protocol'], address: string) => KnownDevice | undefined
  byId: (id: string) => KnownDevice | undefined
  /** By the name of its account. */
  byLogin: (login: string) => KnownDevice | undefined
  /** An operator turned this stranger away for good. */
  barred: (protocol: string, address: string) => boolean
  /** The most that any registered HJ 212 device is forgiven; what the one at hand is forgiven is looked at afterwards. */
  readonly mostLenient: Partial<Hj212Profile>
  /** The token of a JT/T 808 terminal: the same from every gateway, today and after a restart. */
  tokenOf: (phone: string) => string
  isToken: (phone: string, token: string) => boolean
  refresh: () => Promise<void>
  stop: () => Promise<void>
}

export async function openRegistry(db: Db, log: Logger, everyMs = 2000): Promise<Registry> {
  const devices = new Map<string, KnownDevice>()
  const keys = new Map<string, string>()
  const logins = new Map<string, KnownDevice>()
  let barred = new Set<string>()
  const secret = await sharedSecret(db, 'jt808-token', randomBytes(32))
  let mark: string | null = null
  let mostLenient: Partial<Hj212Profile> = {}

  async function refresh(): Promise<void> {
    const next = await devicesSince(db, mark)
    mark = next.mark
    for (const device of next.devices) {
      const key = `${device.protocol} ${device.address}`
      const before = keys.get(device.id)
      const old = before === undefined ? undefined : devices.get(before)
      if (old?.login != null && logins.get(old.login)?.id === device.id) logins.delete(old.login)
      if (device.login !== null && !device.retired) logins.set(device.login, device)
      if (before && before !== key) devices.delete(before)
      if (device.retired) devices.delete(key)
      else devices.set(key, device)
      keys.set(device.id, key)
    }
    barred = new Set((await barredAddresses(db)).map((b) => `${b.protocol} ${b.address}`))
    if (next.devices.length > 0) mostLenient = union([...devices.values()].map((d) => d.profile))
  }
  await refresh()

  let refreshing: Promise<void> | undefined
  const timer = setInterval(() => {
    refreshing ??= refresh()
      .catch((error) => log.debug({ err: error }, 'devices are known as of the last refresh'))
      .finally(() => {
        refreshing = undefined
      })
  }, everyMs)

  // Terminals hand it back as GBK text of at most 255 bytes.
  const tokenOf = (phone: string) => createHmac('sha256', secret).update(phone).digest('hex').slice(0, 32)
  return {
    find: (protocol, address) => devices.get(`${protocol} ${addressOf(protocol, address)}`),
    byId: (id) => devices.get(keys.get(id) ?? ''),
    byLogin: (login) => logins.get(login),
    barred: (protocol, address) => barred.has(`${protocol} ${address}`),
    get mostLenient() {
      return mostLenient
    },
    tokenOf,
    isToken(phone, token) {
      const [wanted, found] = [Buffer.from(tokenOf(phone)), Buffer.from(token)]
      return wanted.length === found.length && timingSafeEqual(wanted, found)
    },
    refresh,
    async stop() {
      clearInterval(timer)
      await refreshing
    },
  }
}

/** Profiles come from a person's hand by way of the database: only what is of the right kind counts. */
function union(profiles: readonly Partial<Hj212Profile>[]): Partial<Hj212Profile> {
  const crc = new Set(profiles.flatMap((p) => (Array.isArray(p.crc) ? p.crc : [])))
  return {
    crc: ['strict', ...crc],
    missingTail: profiles.some((p) => p.missingTail === true),
    missingQnOrFlag: profiles.some((p) => p.missingQnOrFlag === true),
    dataTimeMilliseconds: profiles.some((p) => p.dataTimeMilliseconds === true),
  }
}
