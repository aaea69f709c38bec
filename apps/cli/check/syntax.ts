/** What stands in a TypeScript file, as its parser sees it: strings are not comments, and SQL is not prose. */
import ts from 'typescript'

export const parsed = (file: string, text: string): ts.SourceFile =>
  ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)

export function each(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  node.forEachChild((child) => each(child, visit))
}

export const lineOf = (source: ts.SourceFile, node: ts.Node): number =>
  source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1

/** The fixed part of a string or template; what is put in at run time is `?`. */
export function fixedText(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map((span) => `?${span.literal.text}`).join('')
  return undefined
}

export interface Piece {
  line: number
  text: string
}

/** Every literal that holds text: strings and templates. Comments and patterns are none. */
export function literals(file: string, text: string): Piece[] {
  const source = parsed(file, text)
  const pieces: Piece[] = []
  each(source, (node) => {
    const isPart = ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)
    if (isPart || ts.isStringLiteralLike(node)) pieces.push({ line: lineOf(source, node), text: node.text })
  })
  return pieces
}
