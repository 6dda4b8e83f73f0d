import type { Pool } from 'pg'
import type { Reading } from '../../../domain/unread.js'
import type { Position } from '../../../eventstore/event-log.js'
import type { OpenProjection } from '../../engine/checkpoint.js'
import { unreadCount } from './unread-count.js'

/** How far everyone has read, as the read model has it, by `${chatId} ${userId}`; and its checkpoint. */
export async function storedReadings(
  pool: Pool,
  { table, projection }: Pick<OpenProjection, 'table' | 'projection'>,
): Promise<{ readings: Map<string, Reading>; checkpoint: Position }> {
  const { rows } = await pool.query<{ position: Position; key: string | null; read_seq: number; unread_count: number }>(
    `select p.position, own.* from (select position from projections where name = $1 and version = $2) p left join (
       select c.id || ' ' || me.user_id as key, me.read_seq, ${unreadCount(table)} as unread_count
       from ${table('memberships')} me join ${table('chats')} c on c.id = me.chat_id
       where me.to_version is null) own on true`,
    [projection.name, projection.version],
  )
  const readings = rows.flatMap(({ key, read_seq, unread_count }) =>
    key === null ? [] : [[key, { readSeq: read_seq, unread: unread_count }] as const],
  )
  return { readings: new Map(readings), checkpoint: rows[0]?.position ?? '' }
}
