/** Who sits here: the session as the server knows it, and what the posts allow. */
import { signOut as signOutRoute, whoAmI } from '@pentad/identity/contract'
import { Refused } from '@pentad/platform/client'
import type { Reply } from '@pentad/platform/contract'
import { ref } from 'vue'
import { api, onSignedOut } from './api.ts'

export type Me = Reply<typeof whoAmI>

/** `undefined` until asked; `null` when nobody is signed in. */
export const me = ref<Me | null>()

onSignedOut(() => {
  me.value = null
})

export async function askWhoAmI(): Promise<void> {
  try {
    const person = await api(whoAmI)
    // With a temporary password one signs in again, and changes it there.
    me.value = person.passwordDue ? null : person
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    me.value = null
  }
}

export const may = (permission: string): boolean => me.value?.may.includes(permission) ?? false

/** Ends the session; without a network it ends here, and the server forgets it after its time. */
export async function signOut(): Promise<void> {
  try {
    await api(signOutRoute)
  } finally {
    me.value = null
  }
}
