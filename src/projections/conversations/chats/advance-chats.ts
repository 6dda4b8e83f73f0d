import { isChatStream } from '../../../domain/streams.js'
import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, EventType, Placed } from '../part.js'

/** What every event of a chat's stream changes in the chat's row. Null: it leaves that as it is. */
interface Advance {
  chat_id: string
  version: number
  last_seq: number | null
  active_at: string | null
  updated_at: string | null
}

/** These concern one message, not the chat: its `updatedAt` stays. */
const ofMessages: readonly EventType[] = [
  'MessageSent',
  'MessageEdited',
  'MessageDeleted',
  'ReactionAdded',
  'ReactionRemoved',
  'MessagePinned',
  'MessageUnpinned',
  'LinkPreviewsAdded',
  'MessagesExpired',
]

/** The one place where a chat's version moves, with its last seq and its times: after the events were applied, in their order. */
export async function advanceChats(events: readonly Placed<EventType>[], { tx, table }: ApplyContext): Promise<void> {
  const chats = new Map<string, Advance>()
  for (const placed of events.filter(({ stream }) => isChatStream(stream)))
    chats.set(placed.chatId, advanced(chats.get(placed.chatId), placed))
  if (chats.size === 0) return
  await tx.query({
    name: `advance ${table('chats')}`,
    text: `update ${table('chats')} c set version = a.version, last_seq = coalesce(a.last_seq, c.last_seq),
             active_at = greatest(c.active_at, a.active_at), updated_at = coalesce(a.updated_at, c.updated_at)
           from json_to_recordset($1)
             as a(chat_id uuid, version integer, last_seq integer, active_at timestamptz, updated_at timestamptz)
           where c.id = a.chat_id`,
    values: [JSON.stringify([...chats.values()])],
  })
}

/** What `advanceChats` does for the messages in the rows of `sent`. */
export const advanceChatsOfSent = (table: TableName): string => `
  update ${table('chats')} c set version = a.version, last_seq = a.last_seq, active_at = greatest(c.active_at, a.active_at)
  from (select chat_id, max(version) as version, max(seq) as last_seq, max(created_at) as active_at from sent group by chat_id) a
  where c.id = a.chat_id`

function advanced(before: Advance | undefined, { chatId, version, event, at }: Placed<EventType>): Advance {
  const { last_seq = null, active_at = null, updated_at = null } = before ?? {}
  const row = { chat_id: chatId, version, last_seq, active_at, updated_at }
  if (event.type === 'MessageSent')
    return { ...row, last_seq: event.seq, active_at: active_at === null || at > active_at ? at : active_at }
  return ofMessages.includes(event.type) ? row : { ...row, updated_at: at }
}
