/** Rules that a person sets, each setting a version that stays. */
import { type Db, sql } from '@pentad/platform/db'

export interface Version<Definition> {
  version: number
  definition: Definition
  note: string
  setBy: string
  setByName: string | null
  setAt: Date
}

export interface Versions<Definition> {
  /** Newest first. */
  all: (db: Db, most?: number) => Promise<Version<Definition>[]>
  /** False when somebody else has set a version since. */
  add: (db: Db, version: Omit<Version<Definition>, 'setByName'>) => Promise<boolean>
}

export function versionsIn<Definition>(name: 'keeping_rule' | 'coverage_rule'): Versions<Definition> {
  const table = sql.table(`sensing.${name}`)
  return {
    all: async (db, most = 20) =>
      (
        await sql<
          Version<Definition>
        >`select r.version, r.definition, r.note, r.set_by as "setBy", p.name_zh as "setByName", r.set_at as "setAt"
          from ${table} r left join identity.api_person p on p.id::text = r.set_by order by r.version desc limit ${most}`.execute(
          db,
        )
      ).rows,
    add: async (db, v) =>
      (
        await sql`insert into ${table} (version, definition, note, set_by, set_at)
          values (${v.version}, ${JSON.stringify(v.definition)}, ${v.note}, ${v.setBy}, ${v.setAt}) on conflict do nothing returning version`.execute(
          db,
        )
      ).rows.length > 0,
  }
}
