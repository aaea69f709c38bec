/** The modules that this Pentad consists of, lowest first. */
import { cases } from '@pentad/cases'
import { evidence } from '@pentad/evidence'
import { geography } from '@pentad/geography'
import { identity } from '@pentad/identity'
import type { MigrationSource } from '@pentad/platform/db/migrate'
import type { Module } from '@pentad/platform/module'
import { rulebook } from '@pentad/rulebook'
import { sensing } from '@pentad/sensing'

export const modules: readonly Module[] = [identity, geography, evidence, rulebook, sensing, cases]

export const migrationSources: MigrationSource[] = modules.flatMap(({ name, migrations }) =>
  migrations ? [{ module: name, folder: migrations }] : [],
)
