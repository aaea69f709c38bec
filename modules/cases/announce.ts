/** Tells the screens and the reporters that a case changed. */
import type { Db } from '@pentad/platform/db'
import { announce } from '@pentad/platform/news'
import { publicStage, type Status } from './model.ts'
import { reportCodes } from './queries/index.ts'

export interface Changed {
  id: string
  no: string
  status: Status
  version: number
  areaCode: string | null
  leadUnitId: string | null
}

export async function announceCase(db: Db, c: Changed, act: string, before: Status | null): Promise<void> {
  await announce(db, {
    topic: 'case',
    about: { id: c.id, no: c.no, status: c.status, version: c.version, act },
    may: 'cases.read',
    areaCode: c.areaCode,
    units: c.leadUnitId ? [c.leadUnitId] : [],
  })
  if (before !== null && publicStage(before) === publicStage(c.status)) return
  for (const code of await reportCodes(db, c.id)) {
    await announce(db, { topic: 'report', about: { code }, publicTopic: `report/${code}` })
  }
}
