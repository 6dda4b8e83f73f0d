import type { Pool } from 'pg'
import type { ClientInfo } from '../../domain/client-info.js'
import type { JsonObject } from '../../domain/event.js'
import type { BoundBox } from '../../privacy/client-box.js'
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
  /** Of the last entry. */
  lastOrdinal(): Promise<number>
  /** The ordinal of the event by which a message was sent; null while the trail does not have it. */
  ordinalOfMessage(messageId: string): Promise<number | null>
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
  /** The nonce of its box. */
  client: string | null
}

export const createAuditQueries = (
  pool: Pool,
  open: OpenProjection,
  reader: Pick<EventReader, 'openClients'>,
): AuditQueries => perGeneration(pool, open, ({ table }) => queriesOf(pool, table, reader))

function queriesOf(pool: Pool, table: TableName, reader: Pick<EventReader, 'openClients'>): AuditQueries {
  /** By nonce: many entries share a box. */
  async function openClients(rows: readonly Row[]): Promise<ReadonlyMap<string, ClientInfo | null>> {
    const nonces = new Set(rows.flatMap(({ client }) => client ?? []))
    if (nonces.size === 0) return new Map()
    const { rows: boxes } = await pool.query<BoundBox>({
      name: `clients ${table('audit_clients')}`,
      text: `select nonce, key, box, context from ${table('audit_clients')} where nonce = any($1)`,
      values: [[...nonces]],
    })
    const opened = await reader.openClients(boxes)
    return new Map(boxes.map(({ nonce }, index) => [nonce, opened[index] ?? null]))
  }

  return {
    async ordinalOfMessage(messageId) {
      const { rows } = await pool.query<Pick<Row, 'ordinal'>>({
        name: `message ${table('audit_entries')}`,
        text: `select ordinal from ${table('audit_entries')} where message_id = $1 and event = 'message_sent'
               order by -ordinal desc limit 1`,
        values: [messageId],
      })
      return rows[0] === undefined ? null : Number(rows[0].ordinal)
    },
    async lastOrdinal() {
      const { rows } = await pool.query<Pick<Row, 'ordinal'>>(`select ordinal from ${table('audit_counter')}`)
      return Number(rows[0]?.ordinal ?? 0)
    },
    async entries(request) {
      const { rows } = await pool.query<Row>(pageStatement(request, table))
      const clients = await openClients(rows)
      return toPaged(
        rows,
        request.limit,
        (row) => toEntry(row, clients.get(row.client ?? '') ?? null),
        ({ ordinal }) => ordinal,
      )
    },
  }
}

const toEntry = (row: Row, client: ClientInfo | null): AuditEntry => ({
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
