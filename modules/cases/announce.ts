/** Tells the screens and the reporters that a case changed. */
import type { Db } from '@pentad/platform/db'
import { publicStage, type Status } from './model.ts'
import { addCaseNews } from './queries/index.ts'

export interface Changed {
  id: string
  no: string
  status: Status
  version: number
  areaCode: string | null
  leadUnitId: string | null
}

export async function announceCase(db: Db, c: Changed, act: string, before: Status | null): Promise<void> {
  const toReporters = before === null || publicStage(before) !== publicStage(c.status)
  await addCaseNews(db, c, { id: c.id, no: c.no, status: c.status, version: c.version, act }, toReporters)
}
