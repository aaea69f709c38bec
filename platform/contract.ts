/**
 * What a route promises: one object from which come the server's checks, the client's types, the OpenAPI document and the
 * matrix of rights. Browser-safe.
 */
import type { z } from 'zod'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Who may call: anybody, anybody signed in, or holders of a permission (`module.verb`). */
export type May = 'public' | 'signed-in' | `${string}.${string}`

export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  method: Method
  /** Below `/api` unless it starts with `//`, which stands for the root: `//open311/v2/…`. */
  path: string
  /** One line in the language of the trade, for the OpenAPI document. */
  summary: string
  may: May
  /** The kind of thing that `:id` names; its place and unit are tested before the handler runs. */
  about?: string
  params?: P
  query?: Q
  body?: B
  /** The body is a file of these media types instead; at most so many bytes. */
  file?: { types: readonly string[]; maxBytes: number }
  /** Left out where the reply is a file or a foreign format, named here. */
  reply?: R
  replyType?: string
  /** A write that foreign clients call, which know no idempotency keys. */
  foreign?: boolean
  /** Clients without our cookie may name themselves by HTTP Basic, and are asked to. */
  basic?: boolean
  /** Calls allowed for one address in a minute; for what strangers may call. */
  perMinute?: number
}

/** States a route; the types of its schemas are kept. */
export const route = <
  P extends z.ZodType = z.ZodNever,
  Q extends z.ZodType = z.ZodNever,
  B extends z.ZodType = z.ZodNever,
  R extends z.ZodType = z.ZodNever,
>(
  r: Route<P, Q, B, R>,
): Route<P, Q, B, R> => r

export const fullPath = (path: string): string => (path.startsWith('//') ? path.slice(1) : `/api${path}`)

export const isWrite = (method: Method): boolean => method !== 'GET'

type Given<K extends string, S> = [S] extends [never] ? unknown : { [k in K]: S }

/** What a caller hands over: only the parts that the route states. */
export type Input<T> =
  T extends Route<infer P, infer Q, infer B, z.ZodType>
    ? Given<'params', z.input<P>> & Given<'query', z.input<Q>> & Given<'body', z.input<B>>
    : never
/** What the handler gets, checked. */
export type Checked<T> =
  T extends Route<infer P, infer Q, infer B, z.ZodType>
    ? { params: z.output<P>; query: z.output<Q>; body: z.output<B> }
    : never
export type Reply<T> = T extends Route<z.ZodType, z.ZodType, z.ZodType, infer R> ? z.output<R> : never
