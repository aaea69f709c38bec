import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Expr,
  expressionOf,
  type Literal,
  ODataError,
  type Operator,
  type Query,
  queryOf,
  segmentsOf,
} from './odata.ts'
import { queryText, textOf } from './odata-text.ts'

const name = fc.constantFrom('name', 'result', 'Datastream', 'properties', '温度', '@iot.id', 'unitOfMeasurement')
const instant = fc.integer({ min: 0, max: 4_000_000_000_000 })
const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
    .map((value): Literal => ({ kind: 'number', value: value === 0 ? 0 : value })),
  fc.string().map((value): Literal => ({ kind: 'text', value })),
  fc.boolean().map((value): Literal => ({ kind: 'bool', value })),
  fc.constant<Literal>({ kind: 'null' }),
  instant.map((value): Literal => ({ kind: 'time', value })),
  fc.tuple(instant, instant).map(([from, to]): Literal => ({ kind: 'interval', from, to })),
  fc.constant<Literal>({ kind: 'duration', value: 'P1DT2H' }),
  fc.constant<Literal>({ kind: 'geo', value: 'POINT (8 54)' }),
)
const operators: Operator[] = ['and', 'or', 'eq', 'ne', 'gt', 'ge', 'lt', 'le', 'add', 'sub', 'mul', 'div', 'mod']
const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    literal,
    fc.array(name, { minLength: 1, maxLength: 3 }).map((steps): Expr => ({ kind: 'path', steps })),
    fc.record({ kind: fc.constant('not' as const), of: tie('expr') }),
    fc.record({
      kind: fc.constant('in' as const),
      of: tie('expr'),
      list: fc.array(literal, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('call' as const),
      name: fc.constantFrom('length', 'st_within', 'geo.distance'),
      args: fc.array(tie('expr'), { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('binary' as const),
      op: fc.constantFrom(...operators),
      left: tie('expr'),
      right: tie('expr'),
    }),
  ),
}))

describe('the OData of SensorThings [SEN-31]', () => {
  test('every expression is read back as it was written', () => {
    fc.assert(
      fc.property(expr, (e) => {
        expect(expressionOf(textOf(e))).toEqual(e)
      }),
      { numRuns: 1000 },
    )
  })

  test('every query is read back from the address in which it is written, expansions within expansions too', () => {
    const { query } = fc.letrec<{ query: Query }>((tie) => ({
      query: fc.record(
        {
          filter: expr,
          select: fc.array(name, { minLength: 1, maxLength: 3 }),
          orderby: fc.array(fc.record({ by: expr, descending: fc.boolean() }), { minLength: 1, maxLength: 2 }),
          expand: fc.array(
            fc.record({
              path: fc.array(fc.constantFrom('Things', 'Datastreams'), { minLength: 1, maxLength: 2 }),
              query: tie('query'),
            }),
            { minLength: 1, maxLength: 2, depthIdentifier: 'q' },
          ),
          top: fc.nat(),
          skip: fc.nat(),
          count: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    }))
    fc.assert(
      fc.property(query, (q) => {
        const text = queryText(q)
        if (text.length > 15_000) return
        const words = Object.fromEntries(new URLSearchParams(text.replaceAll('+', '%2B')))
        try {
          expect(queryOf(words)).toEqual(q)
        } catch (error) {
          // Depth is bounded on purpose.
          if (!(error instanceof ODataError && /nested/.test(error.message))) throw error
        }
      }),
      { numRuns: 300 },
    )
  })

  test('whatever text comes, it is read or refused, never anything else', () => {
    const noise = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom(
            ..."()',/ $;=".split(''),
            'not ',
            ' and ',
            'a',
            '1',
            "'x'",
            ' eq ',
            '2026-01-01T00:00:00Z',
            'geo.distance(',
          ),
          { maxLength: 40 },
        )
        .map((p) => p.join('')),
    )
    fc.assert(
      fc.property(noise, (text) => {
        for (const read of [
          () => expressionOf(text),
          () => queryOf({ $expand: text }),
          () => queryOf({ $orderby: text }),
          () => segmentsOf(text),
        ])
          try {
            read()
          } catch (error) {
            expect(error).toBeInstanceOf(ODataError)
          }
      }),
      { numRuns: 2000 },
    )
  })

  test('operators bind as OData says', () => {
    const same = (a: string, b: string) => expect(expressionOf(a)).toEqual(expressionOf(b))
    same('a eq 1 or b eq 2 and c eq 3', '(a eq 1) or ((b eq 2) and (c eq 3))')
    same('a add 2 mul 3 gt 4 sub 1', '((a) add ((2) mul (3))) gt ((4) sub (1))')
    same('a sub b sub c eq 0', '(((a) sub (b)) sub (c)) eq (0)')
    same('not a eq 1 and b eq 2', '(not (a eq 1)) and (b eq 2)')
  })

  test('paths are cut into their parts; ids are numbers or words', () => {
    expect(segmentsOf("Things(1)/Datastreams('it''s')/Observations/$count")).toEqual([
      { name: 'Things', id: 1 },
      { name: 'Datastreams', id: "it's" },
      { name: 'Observations' },
      { name: '$count' },
    ])
    expect(() => segmentsOf('Things(')).toThrow(ODataError)
  })

  test.each([
    '$top=-1',
    '$top=x',
    '$skip=1.5',
    '$count=yes',
    '$filter=',
    '$filter=a eq',
    '$filter=(a eq 1',
    '$select=',
    '$nothing=1',
    '$expand=A(top)',
  ])('%s is refused', (text) => {
    const [key = '', ...rest] = text.split('=')
    expect(() => queryOf({ [key]: rest.join('=') })).toThrow(ODataError)
  })
})
