import { addAudit } from '@pentad/identity'
import type { Db } from '@pentad/platform/db'
import { refuse } from '@pentad/platform/refusal'
import { serve } from '@pentad/platform/serve'
import { change, entryOf } from '../entry.ts'
import { defaultFlow, type Flow, type openStatuses } from '../model/index.ts'
import { flowBy, flowInForce, writeChanges } from '../queries/index.ts'
import { flowOut } from '../views.ts'
import { listFlows, saveFlow, tryFlow } from './contract.ts'
import { changesBetween, faultsOf, keptFrom } from './model.ts'
import { addFlow, openByFlow, openOfOthers, savedFlows, standing } from './queries.ts'

const batch = 200

export const flowRoutes = [
  serve(listFlows, async (_, { db }) => {
    const open = await openByFlow(db)
    const saved = await savedFlows(db)
    return {
      inForce: await flowInForce(db),
      flows: [
        ...saved.map(({ definition, at, ...f }) => ({
          ...f,
          at: at.toISOString(),
          open: open.get(f.version) ?? 0,
          definition: flowOut({ ...defaultFlow, ...definition, version: f.version }),
        })),
        { version: 0, note: '', by: null, at: null, open: open.get(0) ?? 0, definition: flowOut(defaultFlow) },
      ],
    }
  }),

  serve(tryFlow, async ({ body }, { db }) => {
    const flow: Flow = { ...body.definition, version: -1 }
    const refused = new Map<
      string,
      { code: string; count: number; cases: { id: string; no: string; status: (typeof openStatuses)[number] }[] }
    >()
    let open = 0
    for (const { status, asked, count, some } of await standing(db)) {
      open += count
      const code = keptFrom({ status, asked: asked && { kind: asked, at: '', by: '', reason: '' } }, flow)
      if (!code) continue
      const found = refused.get(code) ?? { code, count: 0, cases: [] }
      found.count += count
      found.cases.push(...some.map((c) => ({ ...c, status })))
      refused.set(code, found)
    }
    const list = [...refused.values()].map((r) => ({ ...r, cases: r.cases.slice(0, 5) }))
    return {
      faults: faultsOf(flow),
      changes: changesBetween(await flowBy(db, await flowInForce(db)), flow),
      open,
      wouldMove: open - list.reduce((sum, r) => sum + r.count, 0),
      staying: list,
    }
  }),

  serve(saveFlow, async ({ body }, { db, actor, now, address }) => {
    const [fault] = faultsOf({ ...body.definition, version: -1 })
    if (fault) return refuse('cases/flow-has-faults', { ...fault })
    const version = await addFlow(db, { definition: body.definition, note: body.note, by: actor.id, at: now })
    const flow: Flow = { ...body.definition, version }
    const { moved, stayed } = body.moveOpen ? await moveOpen(db, flow, actor.id, now) : { moved: 0, stayed: 0 }
    await addAudit(db, {
      actorId: actor.id,
      act: 'publish-flow',
      about: String(version),
      result: 'done',
      address,
      detail: { note: body.note, moved },
    })
    return { version, moved, stayed }
  }),
]

/** Running cases go over to the flow where they can, each saying so in its trail. */
async function moveOpen(db: Db, flow: Flow, actorId: string, now: Date): Promise<{ moved: number; stayed: number }> {
  let moved = 0
  let stayed = 0
  for (let after: string | null = null; ; ) {
    const cases = await openOfOthers(db, flow.version, after, batch)
    const going = cases.filter((c) => keptFrom(c, flow) === null)
    await writeChanges(
      db,
      going.map((c) => {
        const over = { ...c, flowVersion: flow.version }
        const detail = { flow: flow.version, was: c.flowVersion }
        return { cases: [change(c, over, entryOf(c, over, { act: 'new_flow', actorId, detail }, now))] }
      }),
    )
    moved += going.length
    stayed += cases.length - going.length
    after = cases.at(-1)?.id ?? null
    if (cases.length < batch) return { moved, stayed }
  }
}
