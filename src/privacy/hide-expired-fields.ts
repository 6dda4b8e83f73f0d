import { isPastRetention } from '../domain/retention.js'
import type { OpenedEvent } from './event-reader.js'
import { shownTime, withoutChatMonth } from './field-plan.js'

/** An event of a chat as it may be shown now: what was written longer ago than the chat keeps messages is hidden. */
export const hideExpiredFields = (opened: OpenedEvent, retentionDays: number | null, now: Date): OpenedEvent =>
  isPastRetention(shownTime(opened.event, opened.at), retentionDays, now)
    ? { ...opened, event: withoutChatMonth(opened.event) }
    : opened
