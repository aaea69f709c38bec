/** Every refusal has its sentence, and every sentence stands in both languages with the same places to fill. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import type { Check } from '../check.ts'
import { projectFiles, root, textOf } from '../files.ts'
import { each, lineOf, parsed } from '../syntax.ts'

export type Sentences = ReadonlyMap<string, string>

/** Nested messages as `a.b.c`; a list counts by its places. */
export function flat(messages: unknown, path = ''): [string, string][] {
  if (typeof messages !== 'object' || messages === null) return [[path, String(messages)]]
  return Object.entries(messages).flatMap(([key, value]) => flat(value, path ? `${path}.${key}` : key))
}

const places = (sentence: string) => [...new Set(sentence.match(/\{\w+\}/g) ?? [])].sort().join(' ')

/** What one language says and the other does not, or says with other places. */
export function differences(where: string, zh: Sentences, en: Sentences): string[] {
  const missing = (from: Sentences, to: Sentences, language: string) =>
    [...from.keys()].filter((key) => !to.has(key)).map((key) => `${where}: ${key} is missing in ${language}`)
  const other = [...zh]
    .filter(([key, sentence]) => en.has(key) && places(en.get(key) ?? '') !== places(sentence))
    .map(([key, sentence]) => `${where}: ${key} has ${places(sentence) || 'no places'} in zh-CN, but not in en`)
  return [...missing(zh, en, 'en'), ...missing(en, zh, 'zh-CN'), ...other]
}

export interface Code {
  line: number
  code: string
}

/** Codes that a file refuses with: the first argument of `refuse`, also when it is a choice. */
export function refusedIn(file: string, text: string): Code[] {
  const source = parsed(file, text)
  const codes: Code[] = []
  each(source, (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText(source) !== 'refuse') return
    const [first] = node.arguments
    if (!first) return
    each(first, (part) => {
      if (ts.isStringLiteralLike(part) && /^[a-z0-9-]+\/[a-z0-9-]+$/.test(part.text))
        codes.push({ line: lineOf(source, part), code: part.text })
    })
  })
  return codes
}

async function load(file: string): Promise<Sentences> {
  const { default: messages } = (await import(pathToFileURL(join(root, file)).href)) as { default: unknown }
  return new Map(flat(messages))
}

export const messages: Check = {
  name: 'messages',
  async run() {
    const files = projectFiles()
    const [{ modules }, { platformMessages }] = await Promise.all([
      import('../../../server/modules.ts'),
      import('../../../../platform/serve/problem.ts'),
    ])
    const server = [{ name: 'platform', messages: platformMessages }, ...modules].flatMap(({ name, messages: m }) =>
      m ? [{ where: name, zh: new Map(flat(m['zh-CN'])), en: new Map(flat(m.en)) }] : [],
    )
    const webs = await Promise.all(
      files
        .filter((f) => f.endsWith('/messages/zh-CN.ts'))
        .map(async (f) => ({ where: f, zh: await load(f), en: await load(f.replace('zh-CN.ts', 'en.ts')) })),
    )
    // A web's own refusals stand somewhere in its messages, under their code.
    const known = new Set([...server, ...webs].flatMap(({ zh }) => [...zh.keys()].map((k) => k.split('.').at(-1) ?? k)))
    const unsaid = files
      .filter((f) => /^(?:platform|modules|apps|web)\/.*\.(?:ts|vue)$/.test(f) && !/\.test(?:-help)?\.ts$/.test(f))
      .filter((f) => !f.startsWith('apps/cli/check/'))
      .flatMap((f) =>
        refusedIn(f, textOf(f))
          .filter(({ code }) => !known.has(code))
          .map(({ code, line }) => `${f}:${line}: ${code} has no sentence in any messages`),
      )
    const findings = [...unsaid, ...[...server, ...webs].flatMap(({ where, zh, en }) => differences(where, zh, en))]
    return { findings, note: `${[...server, ...webs].reduce((n, { zh }) => n + zh.size, 0)} sentences` }
  },
}
