/** The web apps as they were built. Each answers every path below its own with its page; files with a hash in their name never change. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const apps = [
  { name: 'command', at: '/command/' },
  { name: 'officer', at: '/officer/' },
  { name: 'citizen', at: '/' },
] as const

/** Paths of the citizen's pages; all else below `/` belongs to the API or does not exist. */
const citizenPage = /^(|report|mine|find|r\/.*)$/
const isFile = (path: string): boolean => /\.\w{2,11}$/.test(path)

export async function serveWebs(server: FastifyInstance, appsFolder: string): Promise<void> {
  // Files are looked for when they are asked for: pages that were built anew are served without a restart.
  await server.register(fastifyStatic, { root: appsFolder, serve: false, cacheControl: false })
  for (const { name, at } of apps) {
    if (!existsSync(join(appsFolder, name, 'dist', 'index.html'))) continue
    const send = (reply: FastifyReply, path: string) =>
      reply
        .header('cache-control', path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
        .sendFile(`${name}/dist/${path}`)
    server.get(`${at}*`, (request: FastifyRequest, reply) => {
      const path = (request.params as { '*': string })['*']
      if (isFile(path)) return send(reply, path)
      return name === 'citizen' && !citizenPage.test(path) ? reply.callNotFound() : send(reply, 'index.html')
    })
    if (name !== 'citizen') server.get(at.slice(0, -1), (_, reply) => reply.redirect(at))
    if (name === 'command') server.get('/wall', (_, reply) => send(reply, 'index.html'))
  }
}
