/** What the base-data desk changes: everyday words and duties, each as an edition of its own. */
import { beginEdition, endEdition } from '@pentad/geography'
import { addAudit, allUnits } from '@pentad/identity'
import { sql } from '@pentad/platform/db'
import { noChanges } from '@pentad/platform/pack'
import { granted, refuse } from '@pentad/platform/refusal'
import { type Context, serve } from '@pentad/platform/serve'
import { setClassWords, setDuty } from '../contract.ts'
import { keepPast } from '../pack/classes.ts'
import { dutyTable } from '../pack/duties.ts'
import { type Laying, layRows } from '../pack/laying.ts'
import { classBy, classesInForce, dutiesListed, setWords } from '../queries/index.ts'
import { dutiesOut } from './codes.ts'

/** One edit of the desk: an edition, the change, the audit. */
async function edited(
  { db, actor, now, address }: Context,
  { part, act, about, detail }: { part: string; act: string; about: string; detail: Record<string, unknown> },
  change: (laying: Laying) => Promise<void>,
): Promise<void> {
  const editionId = await beginEdition(db, { kind: 'edit', byPerson: actor.id, note: `${act} ${about}`, now })
  await change({ db, now, editionId })
  await endEdition(db, editionId, { [part]: { ...noChanges(), changed: 1 } })
  await addAudit(db, { actorId: actor.id, act, about, result: 'done', address, detail })
}

export const deskRoutes = [
  serve(setClassWords, async ({ body }, context) => {
    const found = granted(await classBy(context.db, body))
    const words = [...new Set(body.words)]
    if (JSON.stringify(words) === JSON.stringify(found.words)) return { words }
    const about = `${body.scheme}/${body.version}/${body.kind}:${body.code}`
    const detail = { before: found.words, after: words }
    await edited(context, { part: 'classes', act: 'set-class-words', about, detail }, async (laying) => {
      await keepPast(laying, [body])
      await setWords(laying.db, body, words)
    })
    return { words }
  }),

  serve(setDuty, async ({ body: { kind, codePrefix, unitRules } }, context) => {
    const { db } = context
    if (!(await classesInForce(db)).some((c) => c.kind === kind && c.code === codePrefix))
      return refuse('rulebook/unknown-class', { kind, code: codePrefix })
    const units = await allUnits(db)
    const lost = unitRules.find((rule) => {
      if (rule === 'street') return false
      const ending = rule.startsWith('{district}') ? rule.slice('{district}'.length) : null
      return !units.some((u) => u.axis === 'disposal' && (ending === null ? u.id === rule : u.id.endsWith(ending)))
    })
    if (lost !== undefined) return refuse('rulebook/rule-without-unit', { rule: lost })
    const before = (await dutiesListed(db)).filter(
      (d) => d.scheme === '' && d.kind === kind && d.codePrefix === codePrefix,
    )
    const about = `${kind}:${codePrefix}`
    const detail = { before: before.map((d) => d.unitRule), after: unitRules }
    await edited(context, { part: 'duties', act: 'set-duty', about, detail }, async (laying) => {
      const rows = [...new Set(unitRules)].map((unit_rule) => ({
        scheme: '',
        version: '',
        kind,
        code_prefix: codePrefix,
        unit_rule,
      }))
      const scope = sql`scheme = '' and kind = ${kind} and code_prefix = ${codePrefix}`
      await layRows(laying, { ...dutyTable, scope }, rows)
    })
    return { duties: (await dutiesOut(db)).filter((d) => d.kind === kind && d.codePrefix === codePrefix) }
  }),
]
