import { chatStream, inboxStream, moderationStream, rolesStream, userStream } from '../domain/streams.js'
import type { EventLog } from '../eventstore/event-log.js'
import type { AccountRecord } from '../identity/accounts/account-record.js'
import { bindClient } from '../privacy/client-box.js'
import { hideExpiredFields } from '../privacy/hide-expired-fields.js'
import type { EventReader, OpenedEvent } from '../privacy/event-reader.js'
import type { AuditQueries } from '../projections/audit-trail/audit-queries.js'
import { NO_FILTER, type AuditFilter } from '../projections/audit-trail/audit-entry.js'
import type { ConversationQueries } from '../projections/conversations/conversation-queries.js'
import { concerns, ownPart } from './own-part.js'

export interface UserExportDeps {
  log: Pick<EventLog, 'readStream'>
  reader: Pick<EventReader, 'open' | 'openClients'>
  queries: Pick<ConversationQueries, 'ownProfile' | 'everyChatIdOf' | 'retentionOf'>
  audit: AuditQueries
  accounts: AccountRecord
  clock: () => Date
}

/** One line of an export; `kind` says what it holds. */
export interface ExportLine {
  kind: 'account' | 'profile' | 'session' | 'bot' | 'event' | 'security_event'
}

/** Everything that is held about a user, made while it is read: at most one page of events is in memory. */
export type UserExport = (userId: string) => AsyncGenerator<ExportLine>

const PAGE = 200

export function createUserExport({ log, reader, queries, audit, accounts, clock }: UserExportDeps): UserExport {
  /** Without what the chat, if it is one's stream, does not keep any more. */
  async function* eventsOf(
    stream: string,
    userId: string,
    retentionDays: number | null = null,
  ): AsyncGenerator<ExportLine> {
    for (let after = 0; ;) {
      const recorded = await log.readStream(stream, { after, limit: PAGE })
      const opened = await reader.open(recorded)
      const now = clock()
      const own = opened
        .filter((event) => concerns(event, userId))
        .map((event) => hideExpiredFields(event, retentionDays, now))
      const clients = await clientsOf(own, userId)
      yield* own.map((event, index) => toLine(event, userId, clients[index] ?? null))
      if (recorded.length < PAGE) return
      after = recorded.at(-1)?.version ?? after
    }
  }

  /** From where the user did it; null for what others did, or without a client. */
  async function clientsOf(events: readonly OpenedEvent[], userId: string) {
    const boxes = events.map(({ metadata }) =>
      metadata.client === undefined || metadata.actor !== userId ? null : bindClient(metadata.client),
    )
    const opened = await reader.openClients(boxes.filter((box) => box !== null))
    let next = 0
    return boxes.map((box) => (box === null ? null : (opened[next++] ?? null)))
  }

  async function* securityEvents(filter: Partial<AuditFilter>): AsyncGenerator<ExportLine> {
    const all = { ...NO_FILTER, event: 'security_event', ...filter }
    for (let after: number | null = null; ;) {
      const { items, next } = await audit.entries({ filter: all, order: 'asc', limit: PAGE, after })
      yield* items.map(({ at, ip, userAgent, details }) => line('security_event', { at, ip, userAgent, details }))
      if (next === null) return
      after = Number(next)
    }
  }

  return async function* (userId) {
    const { account, sessions, bots } = await accounts.of(userId)
    if (account !== null) yield line('account', account)
    const profile = await queries.ownProfile(userId)
    if (profile !== null) yield line('profile', profile)
    yield* sessions.map((session) => line('session', session))
    yield* bots.map((bot) => line('bot', bot))
    for (const stream of [userStream(userId), inboxStream(userId), rolesStream]) yield* eventsOf(stream, userId)
    for (const chatId of await queries.everyChatIdOf(userId)) {
      yield* eventsOf(chatStream(chatId), userId, await queries.retentionOf(chatId))
      yield* eventsOf(moderationStream(chatId), userId)
    }
    yield* securityEvents({ userId })
    yield* securityEvents({ targetUserId: userId })
  }
}

const line = (kind: ExportLine['kind'], fields: object): ExportLine => ({ kind, ...fields })

function toLine(opened: OpenedEvent, userId: string, client: object | null): ExportLine {
  const { stream, version, at, event } = opened
  return line('event', { stream, version, type: event.type, at, data: ownPart(event, userId), client })
}
