import { createHash, createHmac, randomBytes, type KeyObject } from 'node:crypto'
import { z } from 'zod'

/** A bearer secret: 32 random bytes in base64url. */
export const newSecretToken = (): string => randomBytes(32).toString('base64url')

/**
 * What is stored of a secret token. Tokens are looked up by this hash, so no secret is compared byte by byte; a fast hash is enough for
 * 256 random bits.
 */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** The successor of a refresh token that was used with this client key: the same each time, and not predictable without the secret. */
export const successorOf = (token: string, clientKey: string, secret: KeyObject): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify([token, clientKey]))
    .digest('base64url')

/** Any string of a sensible length: an unknown token is refused as invalid, not as malformed. */
export const secretTokenSchema = z.string().min(1).max(256)
