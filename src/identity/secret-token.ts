import { createHash, createHmac, randomBytes, type KeyObject } from 'node:crypto'
import { z } from 'zod'

/** 32 random bytes in base64url: whoever has it may do what it is for. */
export const newSecretToken = (): string => randomBytes(32).toString('base64url')

/**
 * What is kept of a secret token. It is found by this hash, so no secret is compared byte by byte; and since it has 256 random bits, a fast
 * hash is enough.
 */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** The token that follows a refresh token used with this client key: the same each time, and nobody's guess without the secret. */
export const successorOf = (token: string, clientKey: string, secret: KeyObject): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify([token, clientKey]))
    .digest('base64url')

/** Any text of a sensible length: a token that is none of ours is refused as such, not as malformed. */
export const secretTokenSchema = z.string().min(1).max(256)
