/** Takes in a report in one wave of small questions and one statement, both shared with those who report at the same moment. */
import { photosOf } from '@pentad/evidence'
import { locatorOf } from '@pentad/geography'
import { brokenConstraint, type Db } from '@pentad/platform/db'
import { gathered, perDatabase } from '@pentad/platform/db/gather'
import { isRefusal, type Refusal, refuse } from '@pentad/platform/refusal'
import type { CommandRef } from '@pentad/platform/serve'
import { CLOCK_AHEAD_ALLOWED } from '@pentad/platform/time'
import { birthOf, componentOf, type Intake } from './intake.ts'
import {
  type Birth,
  type ClassAsked,
  caseById,
  classesNamed,
  earlierReport,
  flowBy,
  flowInForce,
  reportBySource,
  writeBirths,
} from './queries/index.ts'

const writing = perDatabase((db: Db) => gathered((births: readonly Birth[]) => writeBirths(db, births)))
const classes = perDatabase((db: Db) => gathered((asked: readonly ClassAsked[]) => classesNamed(db, asked)))
const flows = perDatabase((db: Db) =>
  gathered(async (asked: readonly null[]) => {
    const flow = await flowBy(db, await flowInForce(db))
    return asked.map(() => flow)
  }),
)

interface Reply {
  id: string
  no: string
}

export async function quickIntake(db: Db, i: Omit<Intake, 'joins'>, command: CommandRef): Promise<Reply | Refusal> {
  if (i.at.getTime() > i.now.getTime() + CLOCK_AHEAD_ALLOWED)
    return refuse('cases/clock-ahead', { at: i.at.toISOString() })
  const [cls, flow, locator, photos, component] = await Promise.all([
    classes(db)({ kind: i.kind, code: i.classCode }),
    flows(db)(null),
    locatorOf(db),
    photosOf(db, i.photoIds ?? []),
    componentOf(db, i),
  ])
  if (!cls) return refuse('rulebook/unknown-class', { kind: i.kind, code: i.classCode })
  const place = locator.placeOf(i.point)
  if (isRefusal(place)) return place
  if (isRefusal(photos)) return photos
  if (isRefusal(component)) return component
  const birth = birthOf(i, locator, { cls, place, component, flow })
  try {
    return { id: birth.file.id, no: await writing(db)({ ...birth, command }) }
  } catch (error) {
    // The same command or the same report came before: what it brought about then is the answer.
    if (!brokenConstraint(error)) throw error
    const earlier = await earlierReport(db, command)
    if (earlier) return earlier.digest === command.digest ? (earlier.reply as Reply) : refuse('platform/key-reused')
    const known = i.sourceNo ? await reportBySource(db, i.source, i.sourceNo) : undefined
    if (known) return { id: known.caseId, no: known.no }
    // A phone’s own number for it, sent again in other words.
    const own = i.caseId ? await caseById(db, i.caseId, false) : undefined
    if (own?.createdBy === i.actorId) return { id: own.id, no: own.no }
    throw error
  }
}
