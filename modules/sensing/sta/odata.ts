/** The part of OData 4 that SensorThings 1.1 asks questions with: paths and query options, read and written. Pure. */

export type Literal =
  | { kind: 'number'; value: number }
  | { kind: 'text'; value: string }
  | { kind: 'bool'; value: boolean }
  | { kind: 'null' }
  /** An instant in milliseconds. */
  | { kind: 'time'; value: number }
  | { kind: 'interval'; from: number; to: number }
  /** ISO 8601: `P1DT2H`. */
  | { kind: 'duration'; value: string }
  /** WKT. */
  | { kind: 'geo'; value: string }

export const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
export const sums = ['add', 'sub', 'mul', 'div', 'mod'] as const
export type Operator = 'and' | 'or' | (typeof comparisons)[number] | (typeof sums)[number]

export type Expr =
  | Literal
  | { kind: 'path'; steps: string[] }
  | { kind: 'call'; name: string; args: Expr[] }
  | { kind: 'binary'; op: Operator; left: Expr; right: Expr }
  | { kind: 'not'; of: Expr }
  | { kind: 'in'; of: Expr; list: Literal[] }

export interface Order {
  by: Expr
  descending: boolean
}
export interface Expand {
  path: string[]
  query: Query
}
export interface Query {
  filter?: Expr
  select?: string[]
  orderby?: Order[]
  expand?: Expand[]
  top?: number
  skip?: number
  count?: boolean
  resultFormat?: string
}

/** What cannot be read, with the place in the text. */
export class ODataError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ODataError'
  }
}

const precedence: Record<Operator, number> = {
  or: 1,
  and: 2,
  eq: 4,
  ne: 4,
  gt: 5,
  ge: 5,
  lt: 5,
  le: 5,
  add: 6,
  sub: 6,
  mul: 7,
  div: 7,
  mod: 7,
}
/** Deeper than this nobody asks by hand, and the stack is not endless. */
const deepest = 100
const longest = 20_000

const timeText = String.raw`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+\- ]\d{2}:?\d{2})?`
const patterns = {
  space: /[ \t]+/y,
  // A `+` that was not escaped comes as a space.
  interval: new RegExp(`(${timeText})/(${timeText})`, 'y'),
  time: new RegExp(timeText, 'y'),
  day: /\d{4}-\d{2}-\d{2}(?![\d:])/y,
  number: /-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y,
  special: /-?INF\b|NaN\b/y,
  prefixed: /(geography|geometry|duration)'((?:[^']|'')*)'/y,
  text: /'((?:[^']|'')*)'/y,
  name: /[\p{L}_@$][\p{L}\p{N}_@.]*/uy,
} as const

function instantOf(text: string): number {
  const iso = text.replace(/ (\d{2}:?\d{2})$/, '+$1').replace(/([+-]\d{2})(\d{2})$/, '$1:$2')
  const at = Date.parse(/(?:Z|[+-]\d{2}:\d{2})$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`)
  if (Number.isNaN(at)) throw new ODataError(`${text} is no time`)
  return at
}

class Reader {
  at = 0
  depth = 0
  readonly text: string
  constructor(text: string) {
    if (text.length > longest) throw new ODataError('the question is too long')
    this.text = text
  }

  fail(wanted: string): never {
    throw new ODataError(`${wanted} expected at character ${this.at + 1} of “${this.text.slice(0, 200)}”`)
  }
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)
    if (!found) return undefined
    this.at += found[0].length
    return found
  }
  space(): boolean {
    return this.match(patterns.space) !== undefined
  }
  eat(sign: string): boolean {
    if (!this.text.startsWith(sign, this.at)) return false
    this.at += sign.length
    return true
  }
  need(sign: string): void {
    if (!this.eat(sign)) this.fail(`“${sign}”`)
  }
  get ended(): boolean {
    return this.at >= this.text.length
  }
  /** A word operator with a space before and after it. */
  operator(): Operator | 'in' | undefined {
    const before = this.at
    if (!this.space()) return undefined
    const name = this.match(patterns.name)?.[0]
    const known = name === 'in' || (name !== undefined && Object.hasOwn(precedence, name))
    if (known && (this.space() || this.text[this.at] === '(')) return name as Operator | 'in'
    this.at = before
    return undefined
  }

  expression(least = 0): Expr {
    if (++this.depth > deepest) throw new ODataError('the question is nested too deeply')
    this.space()
    let left = this.unary()
    for (;;) {
      const before = this.at
      const op = this.operator()
      if (!op) break
      if (op === 'in') {
        if (least > 5) {
          this.at = before
          break
        }
        left = { kind: 'in', of: left, list: this.list() }
        continue
      }
      if (precedence[op] <= least) {
        this.at = before
        break
      }
      left = { kind: 'binary', op, left, right: this.expression(precedence[op]) }
    }
    this.depth--
    return left
  }

  list(): Literal[] {
    this.space()
    this.need('(')
    const out: Literal[] = []
    do {
      this.space()
      out.push(this.literal() ?? this.fail('a value'))
      this.space()
    } while (this.eat(','))
    this.need(')')
    return out
  }

  unary(): Expr {
    const before = this.at
    if (this.match(/not(?=[ (])/y)) {
      this.space()
      if (!this.ended) return { kind: 'not', of: this.operand(3) }
      this.at = before
    }
    return this.operand(0)
  }
  /** `not` binds closer than comparisons in the grammar, yet `not a eq 1` is written for `not (a eq 1)`. */
  operand(least: number): Expr {
    if (least > 0) return this.expression(least)
    if (this.eat('(')) {
      const inner = this.expression()
      this.space()
      this.need(')')
      return inner
    }
    const literal = this.literal()
    if (literal) return literal
    if (this.text[this.at] === '-' && this.eat('-')) {
      return { kind: 'binary', op: 'sub', left: { kind: 'number', value: 0 }, right: this.operand(0) }
    }
    return this.named()
  }

  literal(): Literal | undefined {
    const interval = this.match(patterns.interval)
    if (interval) return { kind: 'interval', from: instantOf(interval[1] ?? ''), to: instantOf(interval[2] ?? '') }
    const time = this.match(patterns.time) ?? this.match(patterns.day)
    if (time) return { kind: 'time', value: instantOf(time[0]) }
    const prefixed = this.match(patterns.prefixed)
    if (prefixed) {
      const value = (prefixed[2] ?? '').replaceAll("''", "'")
      return prefixed[1] === 'duration' ? { kind: 'duration', value } : { kind: 'geo', value }
    }
    const text = this.match(patterns.text)
    if (text) return { kind: 'text', value: (text[1] ?? '').replaceAll("''", "'") }
    const number = this.match(patterns.number)
    if (number) return { kind: 'number', value: Number(number[0]) }
    const word = this.match(/(?:true|false|null)(?![\p{L}\p{N}_/(@.])/uy)?.[0]
    if (word) return word === 'null' ? { kind: 'null' } : { kind: 'bool', value: word === 'true' }
    return undefined
  }

  named(): Expr {
    const name = this.match(patterns.name)?.[0] ?? this.fail('a name or a value')
    if (this.text[this.at] === '(') {
      this.need('(')
      const args: Expr[] = []
      this.space()
      if (!this.eat(')')) {
        do {
          args.push(this.expression())
          this.space()
        } while (this.eat(','))
        this.need(')')
      }
      return { kind: 'call', name, args }
    }
    const steps = [name]
    while (this.eat('/')) steps.push(this.match(patterns.name)?.[0] ?? this.fail('a name'))
    return { kind: 'path', steps }
  }

  names(): string[][] {
    const out: string[][] = []
    do {
      this.space()
      const steps: string[] = []
      do steps.push(this.match(patterns.name)?.[0] ?? this.fail('a name'))
      while (this.eat('/'))
      out.push(steps)
      this.space()
    } while (this.eat(','))
    return out
  }

  orders(): Order[] {
    const out: Order[] = []
    do {
      const by = this.expression()
      const word = this.match(/[ \t]+(asc|desc)(?=$|[ \t,;)])/y)?.[1]
      out.push({ by, descending: word === 'desc' })
      this.space()
    } while (this.eat(','))
    return out
  }

  expands(): Expand[] {
    const out: Expand[] = []
    do {
      this.space()
      const path: string[] = []
      do path.push(this.match(patterns.name)?.[0] ?? this.fail('a name'))
      while (this.eat('/'))
      const query: Query = {}
      if (this.eat('(')) {
        if (!this.eat(')')) {
          do this.option(query)
          while (this.eat(';'))
          this.need(')')
        }
      }
      out.push({ path, query })
      this.space()
    } while (this.eat(','))
    return out
  }

  /** One `$name=value` inside the brackets of an expansion. */
  option(query: Query): void {
    this.space()
    if (++this.depth > deepest) throw new ODataError('the question is nested too deeply')
    const name = this.match(/\$?(?:filter|select|orderby|expand|top|skip|count|resultFormat)(?==)/y)?.[0]
    if (!name) this.fail('a query option')
    this.need('=')
    this.value(query, name.replace('$', ''))
    this.space()
    this.depth--
  }

  value(query: Query, name: string): void {
    if (name === 'filter') query.filter = this.expression()
    else if (name === 'select') query.select = this.names().map((steps) => steps.join('/'))
    else if (name === 'orderby') query.orderby = this.orders()
    else if (name === 'expand') query.expand = this.expands()
    else if (name === 'top' || name === 'skip') {
      const text = this.match(/\d{1,15}/y)?.[0] ?? this.fail('a whole number')
      query[name] = Number(text)
    } else if (name === 'count') {
      const text = this.match(/true|false/y)?.[0] ?? this.fail('true or false')
      query.count = text === 'true'
    } else query.resultFormat = this.match(/[A-Za-z]+/y)?.[0] ?? this.fail('a format')
  }
}

const options = new Set(['filter', 'select', 'orderby', 'expand', 'top', 'skip', 'count', 'resultFormat'])

/** The options of an address; of those that begin with no `$` nothing is known, and nothing said. */
export function queryOf(words: Readonly<Record<string, string | readonly string[]>>): Query {
  const query: Query = {}
  for (const [key, said] of Object.entries(words)) {
    if (!key.startsWith('$')) continue
    const name = key.slice(1)
    if (!options.has(name)) throw new ODataError(`${key} is no query option`)
    if (typeof said !== 'string') throw new ODataError(`${key} is given twice`)
    const reader = new Reader(said)
    reader.space()
    reader.value(query, name)
    reader.space()
    if (!reader.ended) reader.fail('the end')
  }
  return query
}

export function expressionOf(text: string): Expr {
  const reader = new Reader(text)
  const read = reader.expression()
  reader.space()
  if (!reader.ended) reader.fail('the end')
  return read
}

export interface Segment {
  name: string
  id?: number | string
}
/** `Things(1)/Datastreams('a')/name/$value`, cut into its parts. */
export function segmentsOf(path: string): Segment[] {
  const out: Segment[] = []
  const reader = new Reader(path.replace(/^\/+|\/+$/g, ''))
  if (reader.ended) return out
  do {
    const name = reader.match(/[\p{L}\p{N}_$@.:-]+/uy)?.[0] ?? reader.fail('a name')
    if (!reader.eat('(')) {
      out.push({ name })
      continue
    }
    const number = reader.match(/-?\d+(?=\))/y)?.[0]
    const text = number === undefined ? reader.match(patterns.text)?.[1] : undefined
    if (number === undefined && text === undefined) reader.fail('an id')
    reader.need(')')
    out.push({ name, id: number !== undefined ? Number(number) : (text ?? '').replaceAll("''", "'") })
  } while (reader.eat('/'))
  if (!reader.ended) reader.fail('the end')
  return out
}
