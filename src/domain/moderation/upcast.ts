import type { Upcaster } from '../upcast.js'
import type { ModerationEvent } from './events.js'

export const moderationUpcasters: Record<ModerationEvent['type'], readonly Upcaster[]> = {
  BanReasonGiven: [],
  ChatHoldPlaced: [],
  ChatHoldEnded: [],
  ChatRetentionChanged: [],
  MessageReported: [],
  ReportSettled: [],
  WebhookCreated: [],
  WebhookDeleted: [],
  WebhookDisabled: [({ why = null, ...data }) => ({ ...data, reason: why })],
}
