import { locatorOf } from '@pentad/geography'
import { addAudit, allUnits } from '@pentad/identity'
import { granted, RefusalError, refuse } from '@pentad/platform/refusal'
import { rolesOf } from '@pentad/platform/rights'
import { serve } from '@pentad/platform/serve'
import { legalDayOf } from '@pentad/platform/time'
import { listLedgers, publishSchema, readLedger, retireLedger } from '../contract.ts'
import { type LedgerSchema, mayRead, schemaFaults } from '../model/index.ts'
import { allLedgers, countsByState, countsByStreet, ledgerById, putVersion, setRetired } from '../queries/index.ts'
import { ledgerOut } from '../views.ts'
import { readable } from './subject.ts'

export const ledgerRoutes = [
  serve(listLedgers, async (_, { db, actor, now }) => {
    const ledgers = await allLedgers(db)
    const counts = await countsByState(db, actor, legalDayOf(now))
    return {
      ledgers: ledgers
        .filter((l) => !l.retiredAt && mayRead(l.schema, rolesOf(actor)))
        .map((l) => ledgerOut(l, counts, actor)),
    }
  }),

  serve(readLedger, async ({ params }, { db, actor, now }) => {
    const ledger = await readable(db, params.ledger, actor)
    const today = legalDayOf(now)
    const locator = await locatorOf(db)
    return {
      ...ledgerOut(ledger, await countsByState(db, actor, today), actor),
      versions: ledger.versions.map((v) => ({
        ...v,
        schema: ledgerOut({ ...ledger, schema: v.schema }, [], actor).schema,
        publishedAt: v.publishedAt.toISOString(),
      })),
      byStreet: (await countsByStreet(db, actor, ledger.id, today)).map((s) => ({
        ...s,
        name: locator.nameOf(s.street),
      })),
    }
  }),

  serve(publishSchema, async ({ body }, { db, actor, now, address }) => {
    const schema: LedgerSchema = body.schema
    const faults = schemaFaults(schema)
    if (faults.length > 0) throw new RefusalError(refuse('inspection/bad-schema', { count: faults.length, faults }))
    const units = new Set((await allUnits(db)).map((u) => u.id))
    if (schema.keeper !== null && !units.has(schema.keeper))
      throw new RefusalError(refuse('inspection/no-unit', { unit: schema.keeper }))
    const current = await ledgerById(db, schema.id, true)
    const links = schema.fields.flatMap((f) => (f.type === 'link' && f.ledger ? [f.ledger] : []))
    for (const id of links)
      if (id !== schema.id && !(await ledgerById(db, id)))
        throw new RefusalError(refuse('inspection/no-ledger', { id }))
    if ((current?.version ?? null) !== body.from)
      throw new RefusalError(refuse('inspection/schema-moved', { version: current?.version ?? 0 }))
    const version = (current?.version ?? 0) + 1
    await putVersion(db, { schema, version, origin: 'desk', packDigest: null, at: now, by: actor.id })
    await addAudit(db, {
      actorId: actor.id,
      act: 'publish-ledger',
      about: schema.id,
      result: 'done',
      address,
      detail: { version },
    })
    return { id: schema.id, version }
  }),

  serve(retireLedger, async ({ params, body }, { db, now }) => {
    granted(await ledgerById(db, params.ledger, true))
    await setRetired(db, params.ledger, body.retired ? now : null)
    return { retired: body.retired }
  }),
]
