import { createHmac, type KeyObject } from 'node:crypto'

/** What a webhook and its receiver share. */
export interface WebhookSecrets {
  /** As its creator is shown it: `whsec_` and the base64 of 32 bytes. */
  secretOf(webhookId: string): string
  /** The signature of one attempt, as the header `webhook-signature` has it (Standard Webhooks, `v1`). `timestamp` is in seconds. */
  sign(webhookId: string, delivery: { id: string; timestamp: number; body: string }): string
}

/**
 * Derived from the webhook's id, and so kept nowhere: the same for ever under the same key, and nobody's guess without it
 * (docs/adr/0012-secrets-of-webhooks.md).
 */
export function createWebhookSecrets(key: KeyObject): WebhookSecrets {
  const bytesOf = (webhookId: string): Buffer => createHmac('sha256', key).update(webhookId).digest()
  return {
    secretOf: (webhookId) => `whsec_${bytesOf(webhookId).toString('base64')}`,
    sign(webhookId, { id, timestamp, body }) {
      const mac = createHmac('sha256', bytesOf(webhookId)).update(`${id}.${timestamp}.${body}`)
      return `v1,${mac.digest('base64')}`
    },
  }
}
