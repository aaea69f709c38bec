/** Brings what changed since the last pull. */
import { pullCases } from '@pentad/cases/contract'
import type { Client } from '@pentad/platform/client'
import type { PhoneStore } from './store.ts'

/** Pages in one go; the rest comes with the next pull. */
const mostPages = 20

export async function pull(store: PhoneStore, call: Client): Promise<void> {
  for (let page = 0; page < mostPages; page++) {
    const since = await store.note<string>('cursor')
    const news = await call(pullCases, { query: since ? { since } : {} }, { signal: AbortSignal.timeout(30_000) })
    await store.pulled(news)
    if (news.next === since || (news.cases.length === 0 && news.gone.length === 0)) break
  }
  await store.keep('pulled-at', new Date().toISOString())
}
