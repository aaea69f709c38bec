import { codeRoutes } from './codes.ts'
import { deskRoutes } from './desk.ts'
import { lawRoutes } from './laws.ts'

export const routes = [...codeRoutes, ...lawRoutes, ...deskRoutes]
