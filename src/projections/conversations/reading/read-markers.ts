import type { ApplyContext, Part, Placed } from '../part.js'

/** How far each participant has read: `read_seq` of their membership. */
export const readMarkersPart = { tables: [], schema: () => '', apply: { ChatsRead: applyMarkers } } satisfies Part

/** A marker raises what is read; one that is set back on purpose sets it. */
async function applyMarkers(
  { event: { userId, chats } }: Placed<'ChatsRead'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  await tx.query({
    name: `read ${table('memberships')}`,
    text: `update ${table('memberships')} m
           set read_seq = case when r.unread then r.seq else greatest(m.read_seq, r.seq) end
           from unnest($2::uuid[], $3::integer[], $4::boolean[]) as r(chat_id, seq, unread)
           where m.chat_id = r.chat_id and m.user_id = $1 and m.to_version is null`,
    values: [
      userId,
      chats.map(({ chatId }) => chatId),
      chats.map(({ seq }) => seq),
      chats.map(({ unread = false }) => unread),
    ],
  })
}
