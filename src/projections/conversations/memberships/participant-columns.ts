import type { Role } from '../../../domain/chat/events.js'
import type { TableName } from '../../engine/projection.js'
import { instant, toIso, type Instant } from '../instants.js'
import { joinUser, toOwner, toUserRef, type UserRefRow } from '../users/join-user.js'
import type { ParticipantView } from '../views.js'

export interface ParticipantRow extends UserRefRow {
  role: Role
  joined_at: Instant
  read_seq: number
  from_version: number
  join_order: number
}

/** Of the membership `m` and the user `p`. */
export const PARTICIPANT_COLUMNS = `p.name, p.avatar_url, p.owner_id, m.role, ${instant('m.joined_at')} as joined_at, m.read_seq, m.from_version, m.join_order`

export const toParticipant = (row: ParticipantRow): ParticipantView => ({
  ...toUserRef(row),
  ...toOwner(row),
  role: row.role,
  joinedAt: toIso(row.joined_at),
  readSeq: row.read_seq,
})

/** Participants of the chat `c` after a point in the order in which they joined, as an array of ParticipantRow. */
export const participantsAfter = (table: TableName, version: string, joinOrder: string, limit: string): string => `(
  select coalesce(json_agg(page), '[]') from (
    select m.user_id as id, ${PARTICIPANT_COLUMNS}
    from ${table('memberships')} m ${joinUser(table, 'm.user_id')}
    where m.chat_id = c.id and m.to_version is null and (m.from_version, m.join_order) > (${version}, ${joinOrder})
    order by m.from_version, m.join_order limit ${limit}) page)`

/** At most ten participants of the chat `c`, others than the viewer first, as an array of UserRef. */
export const fewParticipants = (table: TableName, viewer: string): string => `(
  select coalesce(json_agg(few), '[]') from (
    select m.user_id as id, p.name, p.avatar_url as "avatarUrl", p.owner_id is not null as "isBot" from (
      select user_id, from_version, join_order from ${table('memberships')}
      where chat_id = c.id and to_version is null order by from_version, join_order limit 11) m
    ${joinUser(table, 'm.user_id')}
    order by m.user_id is not distinct from ${viewer}, m.from_version, m.join_order limit 10) few)`
