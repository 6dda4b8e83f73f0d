import { createHmac, type KeyObject } from 'node:crypto'

/** The signing secrets that outgoing webhooks share with their receivers. */
export interface WebhookSecrets {
  /** As its creator is shown it: `whsec_` and the base64 of 32 bytes. */
  secretOf(webhookId: string): string
  /** The signature of one attempt, as the header `webhook-signature` has it (Standard Webhooks, `v1`). `timestamp` is in seconds. */
  sign(webhookId: string, delivery: { id: string; timestamp: number; body: string }): string
}

/** Derived from the webhook's id under the installation's key, and so stored nowhere (docs/adr/0012-secrets-of-webhooks.md). */
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
