/** OGC SensorThings API Part 1: Sensing, version 1.1 (18-088). The path below is SensorThings' own grammar. */
import { type Method, route } from '@pentad/platform/contract'
import { z } from 'zod'

const common = { may: 'public', basic: true, perMinute: 6000, replyType: 'application/json' } as const
const query = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
const params = z.object({ '*': z.string().max(2000) })
const body = z.unknown()
const write = <M extends Method>(method: M, summary: string) =>
  route({ ...common, foreign: true, method, path: '//sta/v1.1/*', summary, params, body })

export const staRoot = route({
  ...common,
  method: 'GET',
  path: '//sta/v1.1',
  summary: 'SensorThings 首页 What is served',
})
export const staRead = route({
  ...common,
  method: 'GET',
  path: '//sta/v1.1/*',
  summary: 'SensorThings 读取 Entities, their properties and what belongs to them',
  params,
  query,
})
export const staCreate = write('POST', 'SensorThings 新建 Make an entity, with what is written inside it')
export const staChange = write('PATCH', 'SensorThings 变更 Change what is said of an entity')
export const staReplace = write('PUT', 'SensorThings 替换 Say all of an entity anew')
export const staEnd = write('DELETE', 'SensorThings 删除 End an entity')
