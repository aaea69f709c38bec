/** Leaving this phone: what the office knows is cleared, what it does not know stays until its person comes back. */
import { desk } from './desk.ts'
import { signOut } from './session.ts'

export async function leave(): Promise<void> {
  desk.value?.pump.stop()
  await desk.value?.store.forgetCases()
  await signOut()
}
