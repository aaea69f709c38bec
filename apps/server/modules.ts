/** The modules that this Pentad consists of, lowest first. */
import { analysis } from '@pentad/analysis'
import { cases } from '@pentad/cases'
import { evidence } from '@pentad/evidence'
import { geography } from '@pentad/geography'
import { identity } from '@pentad/identity'
import { inspection } from '@pentad/inspection'
import { operationsOver } from '@pentad/operations'
import type { MigrationSource } from '@pentad/platform/db/migrate'
import type { Module } from '@pentad/platform/module'
import type { LiveSource } from '@pentad/platform/serve'
import { publicService } from '@pentad/public-service'
import { rulebook } from '@pentad/rulebook'
import { sensing, liveSources as sensingSources } from '@pentad/sensing'

const below: readonly Module[] = [
  identity,
  geography,
  evidence,
  rulebook,
  sensing,
  cases,
  inspection,
  publicService,
  analysis,
]

export const modules: readonly Module[] = [...below, operationsOver(below)]

/** What this Pentad understands of a city pack, in the order of reading. */
export const packParts = below.flatMap((m) => m.pack ?? [])

export const migrationSources: MigrationSource[] = modules.flatMap(({ name, migrations }) =>
  migrations ? [{ module: name, folder: migrations }] : [],
)

/** What moves on the maps. */
export const liveSources: readonly LiveSource[] = [...sensingSources]
