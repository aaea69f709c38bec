/** The HTTP server: every route behind the same guards, in the same order. */
import { createHash } from 'node:crypto'
import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Blobs } from '../blobs.ts'
import { fullPath, isWrite } from '../contract.ts'
import type { Db } from '../db/index.ts'
import type { Logger } from '../log.ts'
import { metrics, requestSeconds } from '../metrics.ts'
import type { Module } from '../module.ts'
import { openApiOf } from '../openapi.ts'
import { granted, isRefusal, RefusalError, refuse } from '../refusal.ts'
import { type Actor, holds, permits } from '../rights.ts'
import type { Settings } from '../settings.ts'
import { LayerRegistry } from '../tiles/index.ts'
import { command, commandRef } from './command.ts'
import { type LiveParts, serveLive } from './live.ts'
import { languageOf, platformMessages, type Sentences, sendProblem, sentencesOf } from './problem.ts'
import { type Context, isRaw, nobody, type Served } from './served.ts'

/** Who holds this session token now; undefined when it is unknown or has ended. */
export type Authenticate = (db: Db, token: string, now: Date) => Promise<Actor | undefined>

export interface ServerParts {
  modules: readonly Module[]
  db: Db
  blobs: Blobs
  settings: Settings
  log: Logger
  authenticate: Authenticate
  clock?: () => Date
  live?: Pick<LiveParts, 'sources'>
}

export const sessionCookie = 'pentad_session'

export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const { modules, settings, log, clock = () => new Date() } = parts
  const sentences = sentencesOf([platformMessages, ...modules.flatMap((m) => (m.messages ? [m.messages] : []))])
  const server: FastifyInstance = fastify({
    // pino's logger has all that fastify asks for; only its type is narrower.
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024 * 1024,
    genReqId: () => crypto.randomUUID(),
    trustProxy: settings.bind === '127.0.0.1' ? 'loopback' : false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  })
  await server.register(fastifyCookie)
  await server.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: policy },
    strictTransportSecurity: settings.publicUrl?.startsWith('https') ?? false,
  })
  await server.register(fastifyRateLimit, {
    global: false,
    keyGenerator: (request) => request.ip,
    errorResponseBuilder: (_, { ttl }) =>
      new RefusalError(refuse('platform/too-many-requests', { seconds: Math.ceil(ttl / 1000) }), 429),
  })
  server.addContentTypeParser(/^image\//, { parseAs: 'buffer' }, (_, body, done) => done(null, body))
  // Files of other types come as they are, where a route says that it takes them.
  const fileTypes = modules.flatMap((m) => m.routes ?? []).flatMap((r) => r.contract.file?.types ?? [])
  for (const type of new Set(fileTypes.filter((t) => !t.startsWith('image/') && !server.hasContentTypeParser(t))))
    server.addContentTypeParser(type, { parseAs: 'buffer' }, (_, body, done) => done(null, body))
  server.addContentTypeParser(
    'application/json-patch+json',
    { parseAs: 'string' },
    server.getDefaultJsonParser('error', 'error'),
  )
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body as string))),
  )
  server.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, sentences))
  server.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, new RefusalError(refuse('platform/not-found')), sentences),
  )
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    requestSeconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })

  const routes = modules.flatMap((m) => m.routes ?? [])
  const layers = new LayerRegistry(
    modules.flatMap((m) => m.layers ?? []),
    parts.db,
  )
  for (const served of routes) addRoute(server, { ...parts, layers, sentences }, served, clock)
  const document = openApiOf(routes.map((r) => r.contract))
  server.get('/api/openapi.json', async () => document)
  server.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  serveLive(server, {
    db: parts.db,
    log,
    clock,
    sources: parts.live?.sources ?? [],
    actorOf: (request) => actorOf(parts, request, clock()),
  })
  return server
}

/** Nothing from outside, nothing inline; pictures and workers that the page itself made. */
const policy = {
  defaultSrc: ["'self'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  // Component libraries set style attributes on elements; style elements of our own come from files.
  styleSrc: ["'self'", "'unsafe-inline'"],
  workerSrc: ["'self'", 'blob:'],
  childSrc: ["'self'", 'blob:'],
  connectSrc: ["'self'"],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
}

async function actorOf({ db, authenticate }: ServerParts, request: FastifyRequest, now: Date): Promise<Actor> {
  const token = request.cookies[sessionCookie]
  return (token ? await authenticate(db, token, now) : undefined) ?? nobody
}

/** A page of another site must not act in the name of who is signed in here. */
function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin } = request.headers
  if (!origin || origin === 'null') return
  if (new URL(origin).host !== request.host) throw new RefusalError(refuse('platform/foreign-origin', { origin }))
}

function addRoute(
  server: FastifyInstance,
  parts: ServerParts & Pick<Context, 'layers'> & { sentences: Sentences },
  served: Served,
  clock: () => Date,
): void {
  const { contract, subject, handle } = served
  const write = isWrite(contract.method)
  const url = fullPath(contract.path)
  server.route({
    method: contract.method,
    url,
    ...(contract.file ? { bodyLimit: contract.file.maxBytes } : {}),
    ...(contract.perMinute
      ? {
          config: { rateLimit: { max: Math.ceil(contract.perMinute * parts.settings.rateFactor), timeWindow: 60_000 } },
        }
      : {}),
    ...(contract.basic ? { errorHandler: askForName(server) } : {}),
    handler: async (request, reply) => {
      const now = clock()
      if (write && !contract.foreign) refuseForeignOrigin(request)
      const ahead = served.ahead?.(request.params as Record<string, string>, { layers: parts.layers, now })
      // Whoever is refused before anything waits for it must not leave a failure that nobody hears.
      ahead?.catch(() => undefined)
      const actor = await actorOf(parts, request, now)
      if (contract.may !== 'public') {
        if (actor === nobody) throw new RefusalError(refuse('platform/not-signed-in'))
        if (contract.may !== 'signed-in' && !holds(actor, contract.may)) {
          throw new RefusalError(refuse('platform/not-allowed', { may: contract.may }))
        }
      }
      const params = contract.params?.parse(request.params)
      const context = (db: Db, ref?: Context['command']): Context => ({
        db,
        command: ref,
        actor,
        now,
        language: languageOf(request),
        blobs: parts.blobs,
        settings: parts.settings,
        layers: parts.layers,
        ahead,
        say: (code, details = {}) => parts.sentences(languageOf(request), code, details),
        header: (name) => {
          const value = request.headers[name]
          return Array.isArray(value) ? value[0] : value
        },
        origin: parts.settings.publicUrl?.replace(/\/+$/, '') ?? `${request.protocol}://${request.host}`,
        address: request.ip,
        log: request.log as Logger,
        sessionToken: request.cookies[sessionCookie],
        setSession: (token, maxAgeSeconds) => setSession(reply, parts.settings, token, maxAgeSeconds),
      })
      const find = async (db: Db): Promise<unknown> => {
        if (!subject) return undefined
        const { id } = params as { id: string }
        const thing = granted(await subject.load(db, id, write))
        if (contract.may !== 'public' && !permits(actor, contract.may, subject.scope(thing))) {
          throw new RefusalError(refuse('platform/not-found'))
        }
        return thing
      }
      const file = contract.file ? fileOf(request, contract.file.types) : Buffer.alloc(0)
      const work = async (db: Db) => {
        // The thing is looked up before the input is judged: whoever may not see it learns nothing from the order of complaints.
        const thing = await find(db)
        const query = contract.query?.parse(request.query)
        const body = contract.file ? undefined : contract.body?.parse(request.body)
        return handle({ params, query, body, subject: thing, file }, context(db))
      }
      const direct = async () => {
        const ref = commandRef({
          ...keyOf(request, actor),
          route: `${contract.method} ${url}`,
          input: inputOf(request, file),
        })
        const parsed = contract.body?.safeParse(request.body)
        if (parsed && !parsed.success) {
          await find(parts.db)
          throw parsed.error
        }
        const query = contract.query?.parse(request.query)
        return handle({ params, query, body: parsed?.data, subject: undefined, file }, context(parts.db, ref))
      }
      const answer = served.direct
        ? await direct()
        : write && !contract.foreign
          ? await command(
              parts.db,
              { ...keyOf(request, actor), route: `${contract.method} ${url}`, input: inputOf(request, file) },
              work,
            )
          : write
            ? await parts.db.transaction().execute(work)
            : await work(parts.db)
      if (isRefusal(answer)) throw new RefusalError(answer)
      if (isRaw(answer)) {
        return reply
          .code(answer.status ?? 200)
          .headers(answer.headers ?? {})
          .type(answer.type)
          .send(answer.raw)
      }
      return reply.header('cache-control', 'no-store').send(answer)
    },
  })
}

/** A refusal for want of a sign-in asks the client for name and password (RFC 7617). */
const askForName =
  (server: FastifyInstance): FastifyInstance['errorHandler'] =>
  (error, request, reply) => {
    if (error instanceof RefusalError && error.status === 401)
      reply.header('www-authenticate', 'Basic realm="Pentad", charset="UTF-8"')
    return server.errorHandler(error, request, reply)
  }

function keyOf(request: FastifyRequest, actor: Actor): { actorId: string; key: string } {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || key.length < 8 || key.length > 128)
    throw new RefusalError(refuse('platform/no-idempotency-key'))
  return { actorId: actor.id, key }
}
const inputOf = (request: FastifyRequest, file: Buffer): unknown =>
  file.length ? createHash('sha256').update(file).digest('hex') : [request.params, request.query, request.body ?? null]

function fileOf(request: FastifyRequest, types: readonly string[]): Buffer {
  const type = request.headers['content-type']?.split(';')[0]?.trim() ?? ''
  if (!types.includes(type) || !Buffer.isBuffer(request.body))
    throw new RefusalError(refuse('platform/wrong-type', { type }), 415)
  return request.body
}

function setSession(reply: FastifyReply, { publicUrl }: Settings, token: string | null, maxAge = 0): void {
  const options = {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl?.startsWith('https') ?? false,
  } as const
  if (token === null) reply.clearCookie(sessionCookie, options)
  else reply.setCookie(sessionCookie, token, { ...options, maxAge })
}
