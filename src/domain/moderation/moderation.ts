import { accepting, assertNever, reject, type Decider, type Outcome } from '../decider.js'
import type { PublicEvent } from '../event.js'
import { orderedMap, type OrderedMap } from '../ordered-map.js'
import type { ModerationEvent } from './events.js'
import {
  decideReport,
  evolveReports,
  noReports,
  type ReportCommand,
  type ReportRejection,
  type Reports,
} from './reports.js'

/** That the user may do so, and that the message exists, are facts of the chat's stream. */
export type ModerationCommand =
  | { type: 'GiveBanReason'; userId: string; by: string; reason: string }
  /** That the chat exists, and that an admin asks, is known before. */
  | { type: 'SetChatHold'; on: boolean; reason: string; by: string }
  /** `days` is null to keep messages for ever. */
  | { type: 'SetRetention'; days: number | null; by: string }
  | ReportCommand
  | {
      type: 'CreateWebhook'
      webhookId: string
      by: string
      direction: 'out' | 'in'
      events: readonly string[] | null
      botId: string | null
      url: string | null
      name: string | null
    }
  | { type: 'DeleteWebhook'; webhookId: string; by: string }
  | { type: 'DisableWebhook'; webhookId: string; reason: 'failing' | 'creator' }

export type ModerationRejection = ReportRejection | { code: 'webhook-not-found' } | { code: 'too-many-webhooks' }

export interface Moderation extends Reports {
  /** Webhooks that are not deleted; `on` while they are not disabled. */
  webhooks: OrderedMap<{ by: string; on: boolean }>
  /** A legal hold is on the chat. */
  isHeld: boolean
  /** How long messages are kept; null: without end. */
  retentionDays: number | null
}

export const MAX_WEBHOOKS = 20

const accept = accepting<ModerationEvent>()

/** What participants of a chat do not see: reports, ban reasons and webhooks. */
export const moderationDecider: Decider<ModerationCommand, Moderation, ModerationEvent, ModerationRejection> = {
  initial: { ...noReports, webhooks: orderedMap(), isHeld: false, retentionDays: null },
  decide,
  evolve,
}

function decide(command: ModerationCommand, state: Moderation): Outcome<ModerationEvent, ModerationRejection> {
  switch (command.type) {
    case 'GiveBanReason': {
      const { userId, by, reason } = command
      return accept({ type: 'BanReasonGiven', userId, by, reason })
    }
    case 'SetChatHold': {
      const { on, reason, by } = command
      if (state.isHeld === on) return accept()
      return accept({ type: on ? 'ChatHoldPlaced' : 'ChatHoldEnded', by, reason })
    }
    case 'SetRetention': {
      const { days, by } = command
      return state.retentionDays === days ? accept() : accept({ type: 'ChatRetentionChanged', by, days })
    }
    case 'ReportMessage':
    case 'SettleReport':
      return decideReport(command, state)
    case 'CreateWebhook': {
      const { webhookId, by, direction, events, botId, url, name } = command
      if (state.webhooks.has(webhookId)) return accept()
      if (state.webhooks.size >= MAX_WEBHOOKS) return reject({ code: 'too-many-webhooks' })
      const listed = events === null ? null : [...events]
      return accept({ type: 'WebhookCreated', webhookId, by, direction, events: listed, botId, url, name })
    }
    case 'DeleteWebhook': {
      const { webhookId, by } = command
      if (!state.webhooks.has(webhookId)) return reject({ code: 'webhook-not-found' })
      return accept({ type: 'WebhookDeleted', webhookId, by })
    }
    case 'DisableWebhook': {
      const { webhookId, reason } = command
      return state.webhooks.get(webhookId)?.on === true
        ? accept({ type: 'WebhookDisabled', webhookId, reason })
        : accept()
    }
    default:
      return assertNever(command)
  }
}

function evolve(state: Moderation, event: PublicEvent<ModerationEvent>): Moderation {
  switch (event.type) {
    case 'BanReasonGiven':
      return state
    case 'ChatHoldPlaced':
      return { ...state, isHeld: true }
    case 'ChatHoldEnded':
      return { ...state, isHeld: false }
    case 'ChatRetentionChanged':
      return { ...state, retentionDays: event.days }
    case 'MessageReported':
    case 'ReportSettled':
      return evolveReports(state, event)
    case 'WebhookCreated':
      return { ...state, webhooks: state.webhooks.with(event.webhookId, { by: event.by, on: true }) }
    case 'WebhookDeleted':
      return { ...state, webhooks: state.webhooks.without(event.webhookId) }
    case 'WebhookDisabled': {
      const known = state.webhooks.get(event.webhookId)
      if (known === undefined) return state
      return { ...state, webhooks: state.webhooks.with(event.webhookId, { ...known, on: false }) }
    }
    default:
      return assertNever(event)
  }
}
