/** The app itself on this phone: kept for work without a network, renewed when the person wants it. */
import { registerSW } from 'virtual:pwa-register'
import { ref } from 'vue'

export const version = __APP_VERSION__
export const newVersion = ref(false)
let renew: ((reload: boolean) => Promise<void>) | undefined

/** Fetched once the service worker is there, so that it has them when the network is gone. */
export async function keepForLater(addresses: readonly string[]): Promise<void> {
  if (!navigator.serviceWorker) return
  await navigator.serviceWorker.ready
  for (const address of addresses) {
    if (await caches.match(address)) continue
    // No network now: the next pull tries again.
    await fetch(address).catch(() => {})
  }
}

/** How often to ask for a new version, in milliseconds. */
const askMs = 3_600_000

export function keepAppHere(): void {
  renew = registerSW({
    onNeedRefresh: () => {
      newVersion.value = true
    },
    onRegisteredSW: (_url, registration) => {
      if (registration) setInterval(() => void registration.update().catch(() => {}), askMs)
    },
  })
}
export const renewApp = (): void => void renew?.(true)

export interface Room {
  usedBytes: number
  freeBytes: number
  persistent: boolean
}
export async function room(): Promise<Room | null> {
  if (!navigator.storage?.estimate) return null
  const { usage = 0, quota = 0 } = await navigator.storage.estimate()
  return { usedBytes: usage, freeBytes: quota - usage, persistent: (await navigator.storage.persisted?.()) ?? false }
}

const units = ['B', 'KB', 'MB', 'GB', 'TB']
/** “12 MB”. */
export function sayBytes(bytes: number): string {
  const rank = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(1024)))
  const n = bytes / 1024 ** rank
  return `${n >= 10 || rank === 0 ? Math.round(n) : n.toFixed(1)} ${units[rank]}`
}
