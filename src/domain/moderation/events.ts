import type { EventShape } from '../event.js'

/** Why someone was banned; the ban itself stands in the chat's own stream. */
export interface BanReasonGiven extends EventShape {
  type: 'BanReasonGiven'
  public: { userId: string; by: string }
  personal: { reason: string }
}

export interface MessageReported extends EventShape {
  type: 'MessageReported'
  public: { reportId: string; messageId: string; reporterId: string }
  personal: { reason: string }
}

export interface ReportSettled extends EventShape {
  type: 'ReportSettled'
  public: { reportId: string; by: string }
  personal: { outcome: string }
}

/** It acts for who made it: it gets what they may see, and stops when they may no longer have it. */
export interface WebhookCreated extends EventShape {
  type: 'WebhookCreated'
  public: {
    webhookId: string
    by: string
    direction: 'out' | 'in'
    /** Names of frames; empty for all. Null for one that leads in. */
    events: string[] | null
    /** Who speaks through one that leads in. */
    botId: string | null
  }
  personal: { url: string | null; name: string | null }
}

export interface WebhookDeleted extends EventShape {
  type: 'WebhookDeleted'
  public: { webhookId: string; by: string }
  personal: object
}

/** By itself: deliveries kept failing, or its creator may no longer have it. */
export interface WebhookDisabled extends EventShape {
  type: 'WebhookDisabled'
  public: { webhookId: string; reason: 'failing' | 'creator' }
  personal: object
}

export type ModerationEvent =
  BanReasonGiven | MessageReported | ReportSettled | WebhookCreated | WebhookDeleted | WebhookDisabled
