/** From a contract and a handler to a served route. The handler loads, decides and saves; all else is done around it. */
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Blobs } from '../blobs.ts'
import type { Checked, Route } from '../contract.ts'
import type { Db } from '../db/index.ts'
import type { Logger } from '../log.ts'
import type { Refusal } from '../refusal.ts'
import type { Actor, Scope } from '../rights.ts'
import type { Settings } from '../settings.ts'
import type { LayerRegistry } from '../tiles/index.ts'

/** How a kind of thing is found, and how it lies in the city. */
export interface SubjectKind<T> {
  kind: string
  /** With `lock`, to the end of the transaction, so that two commands cannot both be the next. */
  load: (db: Db, id: string, lock: boolean) => Promise<T | undefined>
  scope: (thing: T) => Scope
}

export interface Context {
  /** For a write: the command's transaction. */
  db: Db
  actor: Actor
  /** The server's clock, once for the whole command. */
  now: Date
  language: Language
  /** The sentence of a code in the caller's language, whichever module it is of. */
  say: (code: string, details?: Readonly<Record<string, unknown>>) => string
  blobs: Blobs
  settings: Settings
  /** What all modules show on the map. */
  layers: LayerRegistry
  /** A header of the request; for what foreign clients and caches say. */
  header: (name: string) => string | undefined
  /** `https://host` as the caller named it, for links in foreign formats. */
  origin: string
  /** The caller's network address, for limits and the audit trail. */
  address: string
  log: Logger
  /** The caller's session, as its cookie says. */
  sessionToken: string | undefined
  /** The write as a command, for a handler that serves it by itself (`serveDirect`). */
  command: CommandRef | undefined
  /** What the route's `ahead` began. */
  ahead: Promise<void> | undefined
  /** Opens or ends the caller's session cookie. */
  setSession: (token: string | null, maxAgeSeconds?: number) => void
}
export type Language = 'zh-CN' | 'en'

/** A command by its key: kept with its reply in the same statement as what it does. */
export interface CommandRef {
  actorId: string
  key: string
  route: string
  digest: string
}

/** Who is not signed in. */
export const nobody: Actor = { id: 'public', name: '', grants: [] }

/** A reply that is not our JSON. */
export interface Raw {
  raw: string | Buffer | Readable
  type: string
  status?: number
  headers?: Record<string, string>
}
export const raw = (r: Raw): Raw => r
export const isRaw = (x: unknown): x is Raw => typeof x === 'object' && x !== null && 'raw' in x && 'type' in x

export interface Served {
  contract: Route
  subject: SubjectKind<unknown> | undefined
  /** The handler keeps the key, the rights over the thing and its own atomicity; for the few writes that must be fast. */
  direct?: boolean
  /** Begun before it is known who asks, so that the two questions to the database do not wait for each other. It tells nobody anything. */
  ahead?: Ahead | undefined
  handle: (
    input: { params: unknown; query: unknown; body: unknown; subject: unknown; file: Buffer },
    context: Context,
  ) => Promise<unknown>
}

/** `params` are as they stand in the address: not checked yet. */
export type Ahead = (
  params: Readonly<Record<string, string>>,
  at: Pick<Context, 'layers' | 'now'>,
) => Promise<void> | undefined

type Answer<T> =
  T extends Route<z.ZodType, z.ZodType, z.ZodType, infer R>
    ? [R] extends [z.ZodNever]
      ? Raw
      : z.input<R> | Raw
    : never

/** The server parses by the contract before it calls, so the handler's narrower input is what it gets. */
const erased = (handle: (input: never, context: Context) => Promise<unknown>): Served['handle'] =>
  handle as Served['handle']

/**
 * Serves a route about no one thing. A refusal that is thrown undoes the command; one that is returned keeps what was
 * written (a failed sign-in is counted).
 */
export function serve<T extends Route>(
  contract: T,
  handle: (input: Checked<T> & { file: Buffer }, context: Context) => Promise<Answer<T> | Refusal>,
  ahead?: Ahead,
): Served {
  if (contract.about) throw new Error(`${contract.path} is about a ${contract.about}: serve it with serveAbout`)
  return { contract, subject: undefined, ahead, handle: erased(handle) }
}

/**
 * Serves a write whose handler does all in statements of its own: it gets no transaction, finds and locks its thing itself, hides
 * what the caller may not see, and keeps the command's key with the reply. With a subject, whoever may not see it learns
 * nothing from the order of complaints about the input either.
 */
export function serveDirect<T extends Route, S>(
  contract: T,
  subject: SubjectKind<S> | undefined,
  handle: (input: Checked<T>, context: Context & { command: CommandRef }) => Promise<Answer<T> | Refusal>,
): Served {
  const served = (input: Checked<T>, context: Context) => {
    if (!context.command) throw new Error(`${contract.path} is no command`)
    return handle(input, { ...context, command: context.command })
  }
  return { contract, subject: subject as SubjectKind<unknown> | undefined, direct: true, handle: erased(served) }
}

/** Serves a route about the thing that `:id` names: found, locked for a write, and inside the caller's area or unit. */
export function serveAbout<T extends Route, S>(
  contract: T,
  subject: SubjectKind<S>,
  handle: (input: Checked<T> & { subject: S }, context: Context) => Promise<Answer<T> | Refusal>,
): Served {
  if (contract.about !== subject.kind) throw new Error(`${contract.path} is not about a ${subject.kind}`)
  return { contract, subject: subject as SubjectKind<unknown>, handle: erased(handle) }
}
