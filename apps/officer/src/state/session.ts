/** Who holds this phone. It starts from what was kept, so that the app opens without a network. */
import { signOut as signOutRoute } from '@pentad/identity/contract'
import { NoAnswer, Refused } from '@pentad/platform/client'
import { api, onSignedOut } from '@pentad/web/api.ts'
import { ref, shallowRef } from 'vue'
import type { Me } from './taker.ts'

const storageKey = 'pentad.officer.me'

function kept(): Me | null {
  const words = localStorage.getItem(storageKey)
  return words ? (JSON.parse(words) as Me) : null
}

export const me = shallowRef<Me | null>(kept())
/** The server no longer knows the session; what is kept here stays, and is sent after signing in again. */
export const sessionEnded = ref(false)
onSignedOut(() => {
  sessionEnded.value = true
})

export function signedIn(person: Me): void {
  localStorage.setItem(storageKey, JSON.stringify(person))
  me.value = person
  sessionEnded.value = false
}

/** Ends the session here and, where it can be reached, on the server. */
export async function signOut(): Promise<void> {
  await api(signOutRoute).catch((error: unknown) => {
    if (!(error instanceof NoAnswer) && !(error instanceof Refused)) throw error
  })
  localStorage.removeItem(storageKey)
  await globalThis.caches?.delete('case-photos')
  me.value = null
}
