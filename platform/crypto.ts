/** Secrets: passwords, tokens, and hashes with their algorithm's name. */
import { argon2, createHash, createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)
/** RFC 9106 §4, second recommended option, with OWASP's smaller memory for servers that sign many people in at once. */
const cost = { parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 }

/** `argon2id$memory$passes$salt$tag`, the last two in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await derive('argon2id', { message: Buffer.from(password), nonce, ...cost })
  return ['argon2id', cost.memory, cost.passes, nonce.toString('base64url'), tag.toString('base64url')].join('$')
}

export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [name, memory, passes, nonce = '', tag = ''] = kept.split('$')
  if (name !== 'argon2id') return false
  const wanted = Buffer.from(tag, 'base64url')
  const found = await derive('argon2id', {
    message: Buffer.from(password),
    nonce: Buffer.from(nonce, 'base64url'),
    ...cost,
    memory: Number(memory),
    passes: Number(passes),
  })
  return wanted.length === found.length && timingSafeEqual(wanted, found)
}

/** 256 random bits. Kept only as a hash, so that a stolen database signs nobody in. */
export const newToken = (): string => randomBytes(32).toString('base64url')
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** Algorithms of the `intl` and the national suite (GB/T 32905); stored beside every digest. */
export type DigestAlgorithm = 'sha256' | 'sm3'
export const digest = (data: string | Uint8Array, algorithm: DigestAlgorithm = 'sha256'): string =>
  hash(algorithm, data, 'hex')

export const hmac = (key: Uint8Array, data: string): string => createHmac('sha256', key).update(data).digest('hex')
