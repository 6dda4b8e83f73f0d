import type { Pool } from 'pg'
import type { JsonObject } from '../../domain/event.js'
import type { EventReader } from '../../privacy/event-reader.js'
import { toIso, type Instant } from '../conversations/instants.js'
import { toPaged, type Paged } from '../conversations/query-results.js'
import type { OpenProjection } from '../engine/open-projection.js'
import { perGeneration } from '../engine/per-generation.js'
import type { TableName } from '../engine/projection.js'
import type { AuditEntry, AuditRequest } from './audit-entry.js'
import { pageStatement } from './audit-page.js'

export interface AuditQueries {
  /** In the order of the log; ip addresses and user agents are opened. */
  entries(request: AuditRequest): Promise<Paged<AuditEntry>>
}

interface Row {
  /** A bigint. */
  ordinal: string
  at: Instant
  event: string
  user_id: string | null
  target_user_id: string | null
  chat_id: string | null
  message_id: string | null
  position: string
  correlation_id: string
  details: JsonObject
  /** Null, and with it all of the box, where there was no client. */
  nonce: string | null
  key: string
  box: string
  context: string
}

export const createAuditQueries = (
  pool: Pool,
  open: OpenProjection,
  reader: Pick<EventReader, 'openClients'>,
): AuditQueries => perGeneration(pool, open, ({ table }) => queriesOf(pool, table, reader))

function queriesOf(pool: Pool, table: TableName, reader: Pick<EventReader, 'openClients'>): AuditQueries {
  /** By nonce: many entries share a box. */
  async function openClients(rows: readonly Row[]) {
    const boxes = new Map(
      rows.flatMap(({ nonce, key, box, context }) => (nonce === null ? [] : [[nonce, { nonce, key, box, context }]])),
    )
    const opened = await reader.openClients([...boxes.values()])
    return new Map(Array.from(boxes.keys(), (nonce, index) => [nonce, opened[index] ?? null]))
  }

  return {
    async entries(request) {
      const { rows } = await pool.query<Row>(pageStatement(request, table))
      const clients = await openClients(rows)
      return toPaged(
        rows,
        request.limit,
        (row) => toEntry(row, clients.get(row.nonce ?? '') ?? null),
        ({ ordinal }) => ordinal,
      )
    },
  }
}

const toEntry = (row: Row, client: { ip: string; userAgent: string } | null): AuditEntry => ({
  ordinal: Number(row.ordinal),
  position: row.position,
  event: row.event,
  userId: row.user_id,
  targetUserId: row.target_user_id,
  chatId: row.chat_id,
  messageId: row.message_id,
  ip: orNull(client?.ip),
  userAgent: orNull(client?.userAgent),
  correlationId: row.correlation_id,
  at: toIso(row.at),
  details: row.details,
  hash: null,
})

/** Where no request was the cause, they are empty. */
const orNull = (text = ''): string | null => (text === '' ? null : text)
