import { z } from 'zod'
import type { DeliveryState } from '../../webhooks/deliveries.js'
import type { WebhookView } from '../../projections/conversations/views.js'
import { id, time, count } from './fields.js'
import { shapeOf } from './shape-of.js'
import { userRefShape } from './user-shapes.js'

const webhookFields = {
  id,
  direction: z.enum(['out', 'in']),
  name: z.string().nullable(),
  url: z.string().nullable().meta({ description: 'null to members' }),
  events: z.array(z.string()).nullable().meta({ description: 'empty for all; null for one that leads in' }),
  botId: id.nullable(),
  createdBy: userRefShape,
  createdAt: time,
  status: z.enum(['active', 'disabled', 'deleted']),
  disabledWhy: z.enum(['failing', 'creator']).nullable(),
}

const deliveryShape = shapeOf<DeliveryState>()(
  'Delivery',
  z.object({
    deliveredUpTo: count.meta({ description: 'version of the chat' }),
    lastDeliveredAt: time.nullable(),
    failures: count.meta({ description: 'in a row' }),
    lastFailure: z.object({ at: time, reason: z.string() }).nullable(),
    nextAttemptAt: time.nullable(),
  }),
)

export const webhookShape = shapeOf<WebhookView & { delivery: DeliveryState | null }>()(
  'Webhook',
  z.object({ ...webhookFields, delivery: deliveryShape.nullable().meta({ description: 'null to members' }) }),
)

export const replayShape = z.object({ afterVersion: count }).meta({ id: 'Replay' })

export const newWebhookShape = z
  .object({ ...webhookFields, secret: z.string().meta({ description: 'signs what is sent; shown only here' }) })
  .meta({ id: 'NewWebhook' })

export const newIncomingWebhookShape = z
  .object({ ...webhookFields, url: z.string().meta({ description: 'holds the secret; shown only here' }) })
  .meta({ id: 'NewIncomingWebhook' })
