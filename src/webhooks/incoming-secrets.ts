import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'

/** The secret part of an incoming webhook's URL. Derived from the webhook's id, like the secrets of outgoing webhooks. */
export interface IncomingSecrets {
  /** 32 bytes in base64url. */
  secretOf(webhookId: string): string
  /** Takes the same time for every secret of the right length. */
  isRight(webhookId: string, secret: string): boolean
}

export function createIncomingSecrets(key: KeyObject): IncomingSecrets {
  const secretOf = (webhookId: string): string => createHmac('sha256', key).update(webhookId).digest('base64url')
  return {
    secretOf,
    isRight(webhookId, secret) {
      const [given, expected] = [Buffer.from(secret), Buffer.from(secretOf(webhookId))]
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}
