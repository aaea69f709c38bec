/** The OpenAPI 3.1 document, from the contracts themselves. */
import { z } from 'zod'
import { fullPath, isWrite, type Route } from './contract.ts'

type Schema = Record<string, unknown>

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Schema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as Schema
  return rest
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): Schema[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Schema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }))
}

const problem = {
  description: 'A refusal (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

function operationOf(route: Route): Schema {
  const write = isWrite(route.method)
  const key =
    write && !route.foreign
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: true,
            schema: { type: 'string', minLength: 8, maxLength: 128 },
          },
        ]
      : []
  const body = route.file
    ? {
        required: true,
        content: Object.fromEntries(
          route.file.types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]),
        ),
      }
    : route.body
      ? { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } }
      : undefined
  return {
    summary: route.summary,
    operationId: `${route.method.toLowerCase()}${fullPath(route.path).replace(/[^a-zA-Z0-9]+(\w)/g, (_, c: string) => c.toUpperCase())}`,
    'x-may': route.may,
    ...(route.may === 'public' ? { security: [] } : {}),
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query'), ...key],
    ...(body ? { requestBody: body } : {}),
    responses: {
      200: {
        description: 'Done',
        content: route.reply
          ? { 'application/json': { schema: schemaOf(route.reply, 'output') } }
          : { [route.replyType ?? 'application/octet-stream']: {} },
      },
      default: problem,
    },
  }
}

export function openApiOf(routes: readonly Route[]): Schema {
  const paths: Record<string, Schema> = {}
  const sorted = [...routes].sort(
    (a, b) => fullPath(a.path).localeCompare(fullPath(b.path)) || a.method.localeCompare(b.method),
  )
  for (const route of sorted) {
    const path = fullPath(route.path).replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Pentad', version: '0.1.0', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ session: [] }],
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'pentad_session' } },
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'code'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string', description: 'A sentence in the language of the request' },
            status: { type: 'integer' },
            code: { type: 'string', description: 'module/reason' },
            facts: { type: 'object', additionalProperties: true },
            instance: { type: 'string' },
          },
        },
      },
    },
  }
}
