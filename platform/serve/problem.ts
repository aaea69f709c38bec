/** Refusals and failures as problem+json (RFC 9457), in the reader's language. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { brokenConstraint, isOutage } from '../db/index.ts'
import { refusals } from '../metrics.ts'
import type { Messages } from '../module.ts'
import { RefusalError, refuse } from '../refusal.ts'
import type { Language } from './served.ts'

export const platformMessages: Messages = {
  'zh-CN': {
    'platform/not-found': '没有找到,或不在您的管辖范围内。',
    'platform/not-signed-in': '请先登录。',
    'platform/not-allowed': '您的岗位没有这项权限。',
    'platform/foreign-origin': '请求来自其他网站,已拒绝。',
    'platform/invalid-input': '填写有误:{first}',
    'platform/no-idempotency-key': '写入请求必须带 Idempotency-Key。',
    'platform/key-reused': '同一个 Idempotency-Key 被用于不同的内容。',
    'platform/too-large': '文件太大,最多 {maxMegabytes} MB。',
    'platform/wrong-type': '不支持这种文件类型。',
    'platform/too-many-requests': '操作太频繁,请 {seconds} 秒后再试。',
    'platform/unavailable': '服务暂时不可用,已提交的内容不会丢失,请稍后再试。',
    'platform/conflict': '与已有的数据冲突({constraint})。',
    'platform/broken': '系统出错,已记录(编号 {requestId})。没有任何内容被部分保存。',
  },
  en: {
    'platform/not-found': 'Not found, or outside your area.',
    'platform/not-signed-in': 'Please sign in first.',
    'platform/not-allowed': 'Your post does not have this right.',
    'platform/foreign-origin': 'The request came from another site and was refused.',
    'platform/invalid-input': 'Something is filled in wrongly: {first}',
    'platform/no-idempotency-key': 'A write needs an Idempotency-Key.',
    'platform/key-reused': 'The same Idempotency-Key was used for something else.',
    'platform/too-large': 'The file is too large; {maxMegabytes} MB at most.',
    'platform/wrong-type': 'This type of file is not taken.',
    'platform/too-many-requests': 'Too many requests; please try again in {seconds} seconds.',
    'platform/unavailable':
      'The service is not available right now. Nothing that was acknowledged is lost; please try again.',
    'platform/conflict': 'This conflicts with existing data ({constraint}).',
    'platform/broken': 'Something broke on our side and was logged (number {requestId}). Nothing was half saved.',
  },
}

export const languageOf = (request: FastifyRequest): Language =>
  /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'zh-CN'

export type Sentences = (language: Language, code: string, detail: Readonly<Record<string, unknown>>) => string

/** All modules' sentences; a code without one is a mistake that a test finds, and shows itself as its code. */
export function sentencesOf(all: readonly Messages[]): Sentences {
  const texts: Record<Language, Record<string, string>> = {
    'zh-CN': Object.assign({}, ...all.map((m) => m['zh-CN'])),
    en: Object.assign({}, ...all.map((m) => m.en)),
  }
  return (language, code, detail) => {
    const said = (value: unknown): string =>
      typeof value === 'string' && texts[language][`word/${value}`]
        ? (texts[language][`word/${value}`] ?? '')
        : String(value ?? '')
    return (texts[language][code] ?? code).replace(/\{(\w+)\}/g, (_, name: string) => said(detail[name]))
  }
}

export function refusalOf(error: unknown, requestId: string): RefusalError {
  if (error instanceof RefusalError) return error
  if (error instanceof z.ZodError) {
    const errors = error.issues.map((i) => ({ path: i.path.join('.'), message: i.message }))
    const first = errors[0] ? `${errors[0].path}: ${errors[0].message}` : ''
    return new RefusalError(refuse('platform/invalid-input', { first, errors }))
  }
  if (isOutage(error)) return new RefusalError(refuse('platform/unavailable'))
  const constraint = brokenConstraint(error)
  if (constraint) return new RefusalError(refuse('platform/conflict', { constraint }))
  const known = error as { statusCode?: number; code?: string; message?: string }
  if (known.statusCode === 413) return new RefusalError(refuse('platform/too-large', { maxMegabytes: 20 }))
  if (known.statusCode === 415) return new RefusalError(refuse('platform/wrong-type'), 415)
  if (known.statusCode === 429)
    return new RefusalError(refuse('platform/too-many-requests', { seconds: known.message }))
  if (known.statusCode && known.statusCode < 500) {
    return new RefusalError(
      refuse('platform/invalid-input', { first: known.message ?? '', errors: [] }),
      known.statusCode,
    )
  }
  return new RefusalError(refuse('platform/broken', { requestId }))
}

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  sentences: Sentences,
): FastifyReply {
  const { refusal, status } = refusalOf(error, request.id)
  refusals.inc({ code: refusal.refused })
  if (status >= 500) request.log.error({ err: error }, 'request failed')
  if (status === 503) reply.header('retry-after', '5')
  return reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: `/problems/${refusal.refused}`,
      title: sentences(languageOf(request), refusal.refused, refusal.detail),
      status,
      code: refusal.refused,
      facts: refusal.detail,
      instance: request.id,
    })
}
