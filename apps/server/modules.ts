/** The modules that this Pentad consists of, lowest first. */
import { identity } from '@pentad/identity'
import type { MigrationSource } from '@pentad/platform/db/migrate'
import type { Module } from '@pentad/platform/module'

export const modules: readonly Module[] = [identity]

export const migrationSources: MigrationSource[] = modules.flatMap(({ name, migrations }) =>
  migrations ? [{ module: name, folder: migrations }] : [],
)
