import type { SubjectKind } from '@pentad/platform/serve'
import type { CaseRow } from '../queries/index.ts'
import { hardRoutes } from './hard/routes.ts'
import { hungRoutes } from './hung/routes.ts'
import { packageRoutes } from './packages/routes.ts'
import { tieRoutes } from './ties/routes.ts'

export const manyRoutes = (caseSubject: SubjectKind<CaseRow>) => [
  ...packageRoutes,
  ...hardRoutes,
  ...hungRoutes,
  ...tieRoutes(caseSubject),
]
