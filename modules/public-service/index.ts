/** What the public reports, follows and is shown: the door for the server. */
import type { Module } from '@pentad/platform/module'
import { messages } from './messages.ts'
import { routes as open311 } from './open311/routes.ts'
import { routes } from './routes.ts'

export const publicService: Module = { name: 'public-service', routes: [...routes, ...open311], messages }
