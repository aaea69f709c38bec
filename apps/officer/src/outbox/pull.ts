/** Brings what changed since the last pull. */
import { pullCases } from '@pentad/cases/contract'
import type { Client } from '@pentad/platform/client'
import type { FlowsKept, PhoneStore } from './store.ts'

/** Pages in one go; the rest comes with the next pull. */
const mostPages = 20
/** Named as held in one question. */
const mostFlows = 50

export async function pull(store: PhoneStore, call: Client): Promise<void> {
  for (let page = 0; page < mostPages; page++) {
    const flows = await store.note<FlowsKept>('flows')
    // A phone that was never told of flows begins anew: its cases come again, each with the flow that it goes by.
    const since = flows && (await store.note<string>('cursor'))
    const has = Object.keys(flows?.byVersion ?? {}).slice(-mostFlows)
    const query = { ...(since ? { since } : {}), ...(has.length ? { has: has.join(',') } : {}) }
    const news = await call(pullCases, { query }, { signal: AbortSignal.timeout(30_000) })
    await store.pulled(news)
    if (news.next === since || (news.cases.length === 0 && news.gone.length === 0)) break
  }
  await store.keep('pulled-at', new Date().toISOString())
}
