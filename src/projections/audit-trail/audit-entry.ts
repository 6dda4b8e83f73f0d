import type { JsonObject } from '../../domain/event.js'

/** One event of the log: who did what to whom, from where and when. */
export interface AuditEntry {
  /** Place among all events of the log, from 1. */
  ordinal: number
  position: string
  event: string
  /** Who did it; null for the system, the operator and unknown people. */
  userId: string | null
  /** Whom it was done to; null where it was nobody, themselves, or several, who are in `details`. */
  targetUserId: string | null
  /** Null where it was in none, or in several, which are in `details`. */
  chatId: string | null
  messageId: string | null
  /** Null where there was no client, or its key was destroyed. */
  ip: string | null
  userAgent: string | null
  correlationId: string
  /** Recorded time, ISO-8601 UTC with milliseconds. */
  at: string
  /** The other public fields of the event; of a `security_event` also `type`, its kind. */
  details: JsonObject
  /** Of the entry in the audit chain, in hex; null until it is there. */
  hash: string | null
}

/** Null: any. */
export interface AuditFilter {
  event: string | null
  userId: string | null
  targetUserId: string | null
  chatId: string | null
  messageId: string | null
  /** Recorded times, both included. */
  from: string | null
  to: string | null
}

/** Every entry. */
export const NO_FILTER: AuditFilter = {
  event: null,
  userId: null,
  targetUserId: null,
  chatId: null,
  messageId: null,
  from: null,
  to: null,
}

export interface AuditRequest {
  filter: AuditFilter
  order: 'asc' | 'desc'
  limit: number
  /** The ordinal of the last entry of the page before. */
  after: number | null
}
