import type { EventShape } from '../event.js'

/** The reason for a ban; participants do not see it. */
export interface BanReasonGiven extends EventShape {
  type: 'BanReasonGiven'
  public: { userId: string; by: string }
  personal: { reason: string }
}

/** A user reported a message to the admins of the installation, who alone see it. */
export interface MessageReported extends EventShape {
  type: 'MessageReported'
  public: { reportId: string; messageId: string; reporterId: string }
  personal: { reason: string }
}

/** An admin closed a report, with its outcome; the first outcome stands. */
export interface ReportSettled extends EventShape {
  type: 'ReportSettled'
  public: { reportId: string; by: string }
  personal: { outcome: string }
}

/** A webhook of a chat was created, outgoing or incoming. It acts for its creator: it gets what they may see. */
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

/** A webhook was deleted. */
export interface WebhookDeleted extends EventShape {
  type: 'WebhookDeleted'
  public: { webhookId: string; by: string }
  personal: object
}

/** A webhook was disabled by the system: deliveries kept failing, or its creator may no longer have it. */
export interface WebhookDisabled extends EventShape {
  type: 'WebhookDisabled'
  public: { webhookId: string; reason: 'failing' | 'creator' }
  personal: object
}

/** A legal hold was placed on a chat: nothing written in it is erased until it ends. */
export interface ChatHoldPlaced extends EventShape {
  type: 'ChatHoldPlaced'
  public: { by: string }
  personal: { reason: string }
}

/** The legal hold on a chat ended. */
export interface ChatHoldEnded extends EventShape {
  type: 'ChatHoldEnded'
  public: { by: string }
  personal: { reason: string }
}

/**
 * An admin set how long messages of the chat are kept, in days from the time that they show; null: without end. Older ones are shown as
 * erased, and their keys are destroyed month by month.
 */
export interface ChatRetentionChanged extends EventShape {
  type: 'ChatRetentionChanged'
  public: { by: string; days: number | null }
  personal: object
}

export type ModerationEvent =
  | ChatRetentionChanged
  | ChatHoldPlaced
  | ChatHoldEnded
  | BanReasonGiven
  | MessageReported
  | ReportSettled
  | WebhookCreated
  | WebhookDeleted
  | WebhookDisabled
