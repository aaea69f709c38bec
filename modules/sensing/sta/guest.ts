/** Who asks without a name, where the operator lets strangers in: in the name of one account, with its rights on devices only. */
import { accountNamed } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import type { Actor } from '@pentad/platform/rights'
import type { Settings } from '@pentad/platform/settings'

const forGuests: readonly string[] = ['sensing.read', 'sensing.manage-devices']

export async function guestActor(
  db: Db,
  { staGuest, secondFactor }: Pick<Settings, 'staGuest' | 'secondFactor'>,
  now: Date,
): Promise<Actor | undefined> {
  if (staGuest === undefined) return undefined
  const actor = await accountNamed(secondFactor)(db, staGuest, now)
  return (
    actor && {
      ...actor,
      grants: actor.grants.map((g) => ({ ...g, may: g.may.filter((may) => forGuests.includes(may)) })),
    }
  )
}
