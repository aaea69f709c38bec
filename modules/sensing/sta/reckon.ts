/** Functions of shapes: the database knows none, so they are reckoned here, row by row, and the answers handed to it. */
import { sql } from '@pentad/platform/db'
import { pathsIn, type Reckoned, shapeProps, stepsOf } from './compile.ts'
import type { Entity } from './entities.ts'
import { distance, lengthOf, relations, type Shape, shapeOf, shapeOfWkt } from './geometry.ts'
import { type Expr, ODataError } from './odata.ts'
import { relate, relates } from './relate.ts'
import type { Asking } from './resolve.ts'
import { sight } from './sight.ts'

/** Shapes that a question may look at one by one. */
const mostShapes = 50_000

/** Shapes are reckoned here, row by row, and the answers handed to the database. */
export async function reckon(asking: Asking, entity: Entity, exprs: readonly Expr[]): Promise<Map<Expr, Reckoned>> {
  const out = new Map<Expr, Reckoned>()
  const visit = async (expr: Expr): Promise<void> => {
    if (expr.kind === 'binary') {
      await visit(expr.left)
      await visit(expr.right)
    } else if (expr.kind === 'not' || expr.kind === 'in') await visit(expr.of)
    else if (expr.kind === 'call') {
      if (/^(st_|geo\.)/.test(expr.name)) out.set(expr, await reckonCall(asking, entity, expr))
      else for (const arg of expr.args) await visit(arg)
    }
  }
  for (const expr of exprs) await visit(expr)
  return out
}

/** What is true of two shapes; that of `st_relate` is said by its third argument, a pattern of nine letters. */
function relationOf(name: string, args: readonly Expr[]): ((a: Shape, b: Shape) => boolean) | undefined {
  if (name !== 'st_relate') return Object.hasOwn(relations, name) ? relations[name] : undefined
  const pattern = args[2]
  if (pattern?.kind !== 'text') throw new ODataError('st_relate wants a pattern of nine letters')
  // Judged before any row is, so that it is wrong on an empty table too.
  relates('F'.repeat(9), pattern.value)
  return (a, b) => relates(relate(a, b), pattern.value)
}

async function reckonCall(
  { db, caller }: Asking,
  entity: Entity,
  { name, args }: Extract<Expr, { kind: 'call' }>,
): Promise<Reckoned> {
  const [path] = args.flatMap(pathsIn)
  const relation = relationOf(name, args)
  if (!relation && name !== 'geo.distance' && name !== 'geo.length')
    throw new ODataError(`there is no function ${name} here`)
  const wanted = name === 'geo.length' ? 1 : name === 'st_relate' ? 3 : 2
  if (!path || args.length !== wanted)
    throw new ODataError(`${name} wants a shape of an entity and a shape that is given`)
  const { at, rest } = stepsOf(entity, path)
  const prop = shapeProps[at.name]
  if (prop === undefined || rest[0] !== prop || rest.length > 1) throw new ODataError(`${path.join('/')} is no shape`)
  const column = at.props[prop]?.sql('t')
  const { rows } = await sql<{ id: number; shape: unknown }>`select t.id, ${column} as shape from ${at.view} as t
    where ${column} is not null and ${sight(at, 't', caller)} limit ${mostShapes + 1}`.execute(db)
  if (rows.length > mostShapes) throw new ODataError('there are too many shapes for this question')
  const shapes = args
    .slice(0, 2)
    .map((arg) => (arg.kind === 'geo' || arg.kind === 'text' ? shapeOfWkt(arg.value) : undefined))
  const values = rows.map(({ shape }) => {
    const own = shapeOf(shape)
    const [a, b] = shapes.map((s): Shape => s ?? own)
    if (!a) return 0
    if (!b) return lengthOf(a)
    return relation ? relation(a, b) : distance(a, b)
  })
  return { ids: rows.map((r) => r.id), values }
}
