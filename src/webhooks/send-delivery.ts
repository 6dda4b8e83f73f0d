import { v5 as uuidv5 } from 'uuid'
import type { Fetched } from '../outbound/outcome.js'
import type { SafeFetch } from '../outbound/safe-fetch.js'
import type { Frame } from '../realtime/frames.js'
import type { WebhookSecrets } from './webhook-secrets.js'

/** The same for the same event and webhook, whichever node delivers it and however often. */
export const deliveryId = (webhookId: string, version: number): string => uuidv5(`delivery ${version}`, webhookId)

export interface Delivery {
  webhookId: string
  url: string
  /** Version of the chat. */
  version: number
  frame: Frame
}

/** Makes one attempt. Resolves with the reason of its failure, as admins are shown it; with null where it was answered 2xx. */
export type SendDelivery = (delivery: Delivery, signal: AbortSignal) => Promise<string | null>

export interface SendDeliveryDeps {
  secrets: Pick<WebhookSecrets, 'sign'>
  safeFetch: SafeFetch
  clock: () => Date
}

export function createSendDelivery({ secrets, safeFetch, clock }: SendDeliveryDeps): SendDelivery {
  return async ({ webhookId, url, version, frame }, signal) => {
    const id = deliveryId(webhookId, version)
    const body = JSON.stringify(frame)
    const timestamp = Math.floor(clock().getTime() / 1_000)
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Parley webhook',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': secrets.sign(webhookId, { id, timestamp, body }),
    }
    return failureOf(await safeFetch(url, { method: 'POST', headers, body, signal }))
  }
}

/** An unknown name and one with a private address get the same reason: nobody may learn which names the installation's network has. */
function failureOf(fetched: Fetched): string | null {
  if (fetched.kind === 'ok') return fetched.status >= 200 && fetched.status < 300 ? null : `status-${fetched.status}`
  return fetched.code === 'unresolvable' || fetched.code === 'not-public' ? 'refused-address' : fetched.code
}
