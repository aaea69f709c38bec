/** The web apps as they were built. Each answers every path below its own with its page; files with a hash in their name never change. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

const apps = [
  { name: 'command', at: '/command/' },
  { name: 'officer', at: '/officer/' },
  { name: 'citizen', at: '/' },
] as const

export async function serveWebs(server: FastifyInstance, appsFolder: string): Promise<void> {
  let decorated = false
  for (const { name, at } of apps) {
    const root = join(appsFolder, name, 'dist')
    if (!existsSync(join(root, 'index.html'))) continue
    await server.register(fastifyStatic, {
      root,
      prefix: at,
      wildcard: false,
      decorateReply: !decorated,
      setHeaders: (reply, path) => {
        reply.header('cache-control', /\/assets\//.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
    decorated = true
    const page = (reply: FastifyReply) => reply.header('cache-control', 'no-cache').sendFile('index.html', root)
    if (name === 'citizen') {
      for (const path of ['/report', '/r/*', '/mine', '/find']) server.get(path, (_, reply) => page(reply))
      continue
    }
    server.get(`${at}*`, (request, reply) =>
      /\.\w{2,5}$/.test(request.url.split('?')[0] ?? '') ? reply.callNotFound() : page(reply),
    )
    server.get(at.slice(0, -1), (_, reply) => reply.redirect(at))
    if (name === 'command') server.get('/wall', (_, reply) => page(reply))
  }
}
