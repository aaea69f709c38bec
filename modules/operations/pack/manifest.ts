/** `pack.yaml`: what the pack is, and where its facts come from. */
import type { Fault, PackSource } from '@pentad/platform/pack'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'

export const manifestFile = 'pack.yaml'

/** Longitudes and latitudes in degrees. */
const Manifest = z.object({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  nameZh: z.string().min(1),
  nameEn: z.string().min(1),
  version: z.string().min(1),
  labelZh: z.string().default(''),
  labelEn: z.string().default(''),
  timeZone: z.literal('Asia/Shanghai').default('Asia/Shanghai'),
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).refine(([w, s, e, n]) => w < e && s < n),
  /** CGCS2000 Gauss–Krüger of 3-degree zones, by central meridian: EPSG 4534 (75° E) to 4554 (135° E). */
  epsg: z.number().int().min(4534).max(4554).default(4548),
  /** A pack of one district or street names its code; without it the pack speaks for the whole city, and what it lacks ends. */
  covers: z
    .array(z.string().regex(/^\d{6}(\d{3}){0,2}$/))
    .min(1)
    .optional(),
  files: z
    .array(
      z.object({ path: z.string(), titleZh: z.string(), titleEn: z.string(), source: z.string(), licence: z.string() }),
    )
    .default([]),
  /** Files that belong to the pack and that no part reads; `*` stands for any part of a name. */
  beside: z.array(z.string()).default([]),
})
/** Other words in it are read by the parts that know them. */
export type Manifest = z.infer<typeof Manifest>

export interface ManifestRead {
  manifest: Manifest | undefined
  settings: Readonly<Record<string, unknown>>
  faults: Fault[]
}

export async function readManifest(source: PackSource): Promise<ManifestRead> {
  const fault = (code: string, line: number | null = null, details: Fault['details'] = {}): ManifestRead => ({
    manifest: undefined,
    settings: {},
    faults: [{ file: manifestFile, line, code, details }],
  })
  if (!source.paths.includes(manifestFile)) return fault('pack/no-manifest')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await source.bytes(manifestFile))
  } catch {
    return fault('pack/not-utf8')
  }
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter })
  const [wrong] = document.errors
  if (wrong) return fault('pack/yaml', counter.linePos(wrong.pos[0]).line, { text: wrong.message.split('\n')[0] ?? '' })
  const settings: unknown = document.toJS()
  const read = Manifest.safeParse(settings)
  if (read.success) return { manifest: read.data, settings: settings as Record<string, unknown>, faults: [] }
  return {
    manifest: undefined,
    settings: {},
    faults: read.error.issues.map(({ path, message }) => {
      const node = document.getIn(path.slice(0, -1), true) ?? document.contents
      const own = document.getIn(path, true) as { range?: number[] } | undefined
      const at = (own?.range ?? (node as { range?: number[] } | null)?.range)?.[0]
      return {
        file: manifestFile,
        line: at === undefined ? null : counter.linePos(at).line,
        code: 'pack/setting',
        details: { setting: path.join('.') || manifestFile, text: message },
      }
    }),
  }
}
