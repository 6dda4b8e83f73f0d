import type { Pool } from 'pg'
import type { Reading } from '../../../domain/unread.js'
import type { Position } from '../../../eventstore/event-log.js'
import type { OpenProjection } from '../../engine/open-projection.js'
import { checkpointOf, perGeneration, type GenerationTables } from '../../engine/per-generation.js'
import { unreadCount } from './unread-count.js'

export interface StoredReadings {
  /** By `${chatId} ${userId}`. */
  readings: Map<string, Reading>
  checkpoint: Position
}

/** How far everyone has read, as the read model has it. */
export async function storedReadings(pool: Pool, open: OpenProjection): Promise<StoredReadings> {
  return perGeneration(pool, open, (tables) => ({ read: () => readFrom(pool, tables) })).read()
}

async function readFrom(pool: Pool, { table, checkpoint }: GenerationTables): Promise<StoredReadings> {
  const { rows } = await pool.query<{ position: Position; key: string | null; read_seq: number; unread_count: number }>(
    `select p.position, own.* from (${checkpoint}) p left join (
       select c.id || ' ' || me.user_id as key, me.read_seq, ${unreadCount(table)} as unread_count
       from ${table('memberships')} me join ${table('chats')} c on c.id = me.chat_id
       where me.to_version is null) own on true`,
  )
  const readings = rows.flatMap(({ key, read_seq, unread_count }) =>
    key === null ? [] : [[key, { readSeq: read_seq, unread: unread_count }] as const],
  )
  return { readings: new Map(readings), checkpoint: checkpointOf(rows) }
}
