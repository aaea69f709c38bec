import { serve } from '@pentad/platform/serve'
import { performBatch } from './batch.ts'
import { callerOf } from './caller.ts'
import { staChange, staCreate, staEnd, staRead, staReplace, staRoot } from './contract.ts'
import { answering, baseOf, perform, refuseForeignPage, said, segmentsIn } from './perform.ts'
import { welcomeOf } from './welcome.ts'

const batchPath = '$batch'

export const staRoutes = [
  serve(staRoot, async (_, { origin, settings }) => said(welcomeOf(baseOf(origin), settings))),

  serve(staRead, async ({ params, query }, context) =>
    answering(async () => {
      const path = params['*']
      if (path === '') return said(welcomeOf(baseOf(context.origin), context.settings))
      segmentsIn(path)
      return perform(context, await callerOf(context), { method: 'GET', path, words: query })
    }),
  ),

  ...([staCreate, staChange, staReplace] as const).map((contract) =>
    serve(contract, async ({ params, body }, context) =>
      answering(async () => {
        const path = params['*']
        const batch = path === batchPath && contract.method === 'POST'
        if (!batch) segmentsIn(path)
        const caller = await callerOf(context)
        refuseForeignPage(context)
        if (batch) return performBatch(context, caller, body)
        const stepwise =
          contract.method === 'PATCH' &&
          (context.header('content-type') ?? '').toLowerCase().startsWith('application/json-patch+json')
        return perform(context, caller, { method: contract.method, path, words: {}, body, stepwise })
      }),
    ),
  ),

  serve(staEnd, async ({ params }, context) =>
    answering(async () => {
      const path = params['*']
      segmentsIn(path)
      const caller = await callerOf(context)
      refuseForeignPage(context)
      return perform(context, caller, { method: 'DELETE', path, words: {} })
    }),
  ),
]
