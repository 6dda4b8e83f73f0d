import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, BulkEvent, Part, Placed } from '../part.js'
import { membershipChanges, type BegunMembership, type EndedMembership } from './membership-changes.js'

/**
 * Every span in which a user took part in a chat: a participant's has no end yet. `join_order` orders those who came with one event;
 * `joined_seq` is the chat's last seq at the beginning of the span.
 */
export const membershipsPart = {
  tables: ['memberships'],
  schema: (table: TableName): string => `
    create table ${table('memberships')} (
      chat_id uuid not null,
      user_id uuid not null,
      from_version integer not null,
      to_version integer,
      join_order integer not null,
      role text not null,
      joined_at timestamptz not null,
      joined_seq integer not null,
      read_seq integer not null,
      primary key (chat_id, user_id, from_version)
    ) with (fillfactor = 80);
    create unique index on ${table('memberships')} (chat_id, user_id) where to_version is null;
    create index on ${table('memberships')} (user_id, to_version);
    create index on ${table('memberships')} (chat_id, from_version, join_order) where to_version is null;`,
  apply: {
    ChatCreated: ({ event, chatId, version, at }: Placed<'ChatCreated'>, context: ApplyContext) =>
      begin(
        event.participants.map(({ userId, role }, join_order) => ({
          ...{ chat_id: chatId, user_id: userId, from_version: version, to_version: null, join_order, role },
          ...{ joined_at: at, joined_seq: 0 },
        })),
        context,
      ),
    ParticipantBanned: ({ event: { userId }, chatId, version }: Placed<'ParticipantBanned'>, context: ApplyContext) =>
      end([{ chat_id: chatId, user_id: userId, to_version: version }], context),
    ParticipantRoleChanged: changeRole,
  },
  async applyBulk(events: readonly BulkEvent[], context: ApplyContext): Promise<void> {
    const { begun, ended } = membershipChanges(events)
    // first those that end: a user has at most one membership without an end in a chat
    await Promise.all([end(ended, context), begin(begun, context)])
  },
} satisfies Part

async function begin(begun: readonly BegunMembership[], { tx, table }: ApplyContext): Promise<void> {
  if (begun.length === 0) return
  await tx.query({
    name: `begin ${table('memberships')}`,
    text: `with begun as (
             insert into ${table('memberships')}
               (chat_id, user_id, from_version, to_version, join_order, role, joined_at, joined_seq, read_seq)
             select chat_id, user_id, from_version, to_version, join_order, role, joined_at, joined_seq, joined_seq
             from json_to_recordset($1) as b(chat_id uuid, user_id uuid, from_version integer, to_version integer,
               join_order integer, role text, joined_at timestamptz, joined_seq integer)
             returning chat_id, to_version)
           ${countParticipants(table, 'begun where to_version is null', '+')}`,
    values: [JSON.stringify(begun)],
  })
}

/** Of users who take part; for others nothing changes. */
async function end(ended: readonly EndedMembership[], { tx, table }: ApplyContext): Promise<void> {
  if (ended.length === 0) return
  await tx.query({
    name: `end ${table('memberships')}`,
    text: `with ended as (
             update ${table('memberships')} m set to_version = e.to_version
             from json_to_recordset($1) as e(chat_id uuid, user_id uuid, to_version integer)
             where m.chat_id = e.chat_id and m.user_id = e.user_id and m.to_version is null
             returning m.chat_id)
           ${countParticipants(table, 'ended', '-')}`,
    values: [JSON.stringify(ended)],
  })
}

const countParticipants = (table: TableName, rows: string, sign: '+' | '-'): string => `
  update ${table('chats')} c set participant_count = c.participant_count ${sign} n.count
  from (select chat_id, count(*)::integer as count from ${rows} group by chat_id) n where c.id = n.chat_id`

async function changeRole(
  { event: { userId, role }, chatId }: Placed<'ParticipantRoleChanged'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  await tx.query({
    name: `role ${table('memberships')}`,
    text: `update ${table('memberships')} set role = $3 where chat_id = $1 and user_id = $2 and to_version is null`,
    values: [chatId, userId, role],
  })
}
