/** What users read stands in message files: no sentence in a page's template or script. */
import { parse } from 'vue/compiler-sfc'
import type { Check } from '../check.ts'
import { projectFiles, textOf } from '../files.ts'
import { literals } from '../syntax.ts'

/** Han characters and the marks that end or part what is said in them. */
const chinese = /[\p{Script=Han}\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]/u
/** Two letters in a row in a template's own text are a word of some language. */
const word = /\p{Letter}{2}/u
/** Attributes that are read out or shown. */
const shown = /^(?:title|label|placeholder|alt|aria-label|aria-description|text|description)$/

/** A language is named in itself, and our name is the same in all. */
const names = /简体中文|Pentad/g

/** Node types of the template's tree. */
const elementType = 1
const textType = 2
const commentType = 3
const interpolationType = 5
const attributeType = 6

interface Node {
  type: number
  loc: { start: { line: number }; source: string }
  content?: unknown
  tag?: string
  name?: string
  props?: Node[]
  value?: { content: string }
  children?: unknown
}
const isNode = (x: unknown): x is Node => typeof x === 'object' && x !== null && 'type' in x && 'loc' in x

/** What of this node alone is read by a user and stands in no message file. */
function saidBy(node: Node): string {
  const source = node.loc.source.replace(names, '')
  const content = String(node.value?.content ?? node.content ?? '').replace(names, '')
  if (node.type === textType) return word.test(content) || chinese.test(content) ? content : ''
  if (node.type === attributeType) return shown.test(node.name ?? '') && word.test(content) ? content : ''
  if (node.type === elementType || node.type === commentType) return ''
  return (node.type === interpolationType || node.name) && chinese.test(source) ? source : ''
}

function wordsOf(node: Node): { line: number; text: string }[] {
  // Keys carry their names on the keyboard.
  if (node.tag === 'kbd') return []
  const children = Array.isArray(node.children) ? node.children.filter(isNode) : []
  const text = saidBy(node)
  return [
    ...(text ? [{ line: node.loc.start.line, text }] : []),
    ...[...(node.props ?? []), ...children].flatMap(wordsOf),
  ]
}

/** Text for users that stands in this file, with its line. */
export function spokenIn(file: string, text: string): string[] {
  if (!file.endsWith('.vue'))
    return literals(file, text)
      .filter((l) => chinese.test(l.text.replace(names, '')))
      .map((l) => `${l.line}: ${l.text.trim()}`)
  const { descriptor } = parse(text, { filename: file, sourceMap: false })
  const scripts = [descriptor.script, descriptor.scriptSetup].flatMap((block) =>
    block
      ? literals(`${file}.ts`, block.content)
          .filter((l) => chinese.test(l.text.replace(names, '')))
          .map((l) => ({ line: l.line + block.loc.start.line - 1, text: l.text }))
      : [],
  )
  const tree: unknown = descriptor.template?.ast
  return [...scripts, ...(isNode(tree) ? wordsOf(tree) : [])].map((l) => `${l.line}: ${l.text.trim()}`)
}

export const wording: Check = {
  name: 'wording',
  async run() {
    const files = projectFiles().filter(
      (f) =>
        /^(?:web|apps\/(?:command|officer|citizen))\/.*\.(?:ts|vue)$/.test(f) &&
        !/(?:^|\/)messages\/|\.test(?:-help)?\.ts$|vite\.config\.ts$/.test(f),
    )
    return {
      findings: files.flatMap((f) => spokenIn(f, textOf(f)).map((s) => `${f}:${s} — belongs into a messages file`)),
      note: `${files.length} files`,
    }
  },
}
