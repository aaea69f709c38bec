/**
 * Takes a step in two round trips, shared with whoever else takes one at the same moment: one reads, the rule decides, one writes
 * case, trail, photos, news, key and reply. Nobody waits for a lock: whoever decided on a case that has moved on meanwhile decides anew.
 */
import { locatorOf } from '@pentad/geography'
import { allUnits } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { gathered, perDatabase } from '@pentad/platform/db/gather'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import { type Actor, permits } from '@pentad/platform/rights'
import type { CommandRef } from '@pentad/platform/serve'
import type { z } from 'zod'
import type { CaseLine } from './contract.ts'
import { type Change, flowBy, type LineRow, linesForCommands, writeChanges } from './queries/index.ts'
import { type StepInput, scopeOf, taken, worldFor } from './take-step.ts'
import { personNames } from './truth/queries.ts'
import { lineOut } from './views.ts'

const reading = perDatabase((db: Db) =>
  gathered((asked: readonly { id: string; actorId: string; key: string }[]) => linesForCommands(db, asked), {
    lanes: 2,
  }),
)
const writing = perDatabase((db: Db) =>
  gathered((changes: readonly Change[]) => writeChanges(db, changes), {
    apart: (change) => change.cases.map((c) => c.before.id),
  }),
)
/** Names and axes of units, for the line that is shown after a dispatch. */
const units = perDatabase((db: Db) =>
  gathered(async (asked: readonly null[]) => {
    const all = new Map((await allUnits(db)).map((u) => [u.id, u]))
    return asked.map(() => all)
  }),
)

/** Names of people, for the line that is shown after somebody was named. */
const names = perDatabase((db: Db) =>
  gathered(async (asked: readonly string[]) => {
    const all = await personNames(db, [...new Set(asked)])
    return asked.map((id) => all.get(id) ?? null)
  }),
)
const nameOf = async (db: Db, id: string | null): Promise<string | null> => (id ? names(db)(id) : null)

/** More often than this a case does not change under one's hands. */
const tries = 5

interface StepReply {
  case: z.input<typeof CaseLine>
}

export async function quickStep(
  db: Db,
  id: string,
  input: StepInput,
  actor: Actor,
  command: CommandRef,
  now: Date,
): Promise<StepReply | Refusal> {
  for (let left = tries; left > 0; left--) {
    const found = await reading(db)({ id, actorId: command.actorId, key: command.key })
    if (found.earlier)
      return found.earlier.digest === command.digest
        ? (found.earlier.reply as StepReply)
        : refuse('platform/key-reused')
    const before = found.line
    if (!before || !permits(actor, 'cases.read', scopeOf(before))) return refuse('platform/not-found')
    const world = await worldFor(db, before, input, [actor.id])
    if (isRefusal(world)) return world
    const changes = taken(before, input, actor, now, world)
    if (isRefusal(changes)) return changes
    const own = changes[0]
    if (!own) throw new Error(`step ${input.step} changed nothing`)
    const line: LineRow = { ...before, ...own.after, version: own.entries.at(-1)?.seq ?? before.version }
    if (line.leadUnitId !== before.leadUnitId) {
      const unit = (await units(db)(null)).get(line.leadUnitId ?? '')
      Object.assign(line, { unitZh: unit?.nameZh ?? null, unitEn: unit?.nameEn ?? null })
    }
    if (line.assigneeId !== before.assigneeId) line.assigneeName = await nameOf(db, line.assigneeId)
    if (line.checkerId !== before.checkerId) line.checkerName = await nameOf(db, line.checkerId)
    const reply: StepReply = {
      case: lineOut(line, actor, await locatorOf(db), now, await flowBy(db, line.flowVersion)),
    }
    if (await writing(db)({ cases: changes, command: { ...command, reply } })) return reply
  }
  return refuse('cases/moved-on')
}
