import type { ClientBase } from 'pg'
import type { TableName } from '../projections/engine/projection.js'

/** What is different in a chat between two moments. Texts are null where there is none, or it was erased. */
export type ChatDifference =
  | { what: 'chat'; before: ChatSettings; after: ChatSettings }
  | { what: 'participant'; userId: string; before: string | null; after: string | null }
  | { what: 'pin'; messageId: string; change: 'pinned' | 'unpinned' }
  | {
      what: 'message'
      messageId: string
      seq: number
      senderId: string
      change: 'sent' | 'edited' | 'deleted' | 'reactions' | 'previews'
      before: string | null
      after: string | null
    }

interface ChatSettings {
  name: string | null
  historyVisibility: string
  joinPolicy: string
  isArchived: boolean
}

const PAGE = 500

/** Compares the tables of two replays of one chat; messages come page by page. */
export async function* compareChats(
  tx: ClientBase,
  before: TableName,
  after: TableName,
): AsyncGenerator<ChatDifference> {
  yield* await rowsOf<ChatDifference>(tx, chatText(before, after))
  yield* await rowsOf<ChatDifference>(tx, participantText(before, after))
  yield* await rowsOf<ChatDifference>(tx, pinText(before, after))
  for (let seq = 0; ;) {
    const page: Extract<ChatDifference, { what: 'message' }>[] = await rowsOf(tx, messageText(before, after), [seq])
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    seq = last.seq
  }
}

async function rowsOf<Row>(tx: ClientBase, text: string, values: unknown[] = []): Promise<Row[]> {
  return (await tx.query<{ row: Row }>(`select to_json(d) as row from (${text}) d`, values)).rows.map(({ row }) => row)
}

const settings = (table: TableName): string => `(
  select json_build_object('name', name, 'historyVisibility', history_visibility, 'joinPolicy', join_policy,
    'isArchived', archived_at is not null) from ${table('chats')})`

const chatText = (before: TableName, after: TableName): string => `
  select 'chat' as what, ${settings(before)} as before, ${settings(after)} as after
  where ${settings(before)}::jsonb <> ${settings(after)}::jsonb`

const roles = (table: TableName): string =>
  `(select user_id, role from ${table('memberships')} where to_version is null)`

const participantText = (before: TableName, after: TableName): string => `
  select 'participant' as what, user_id as "userId", b.role as before, a.role as after
  from ${roles(before)} b full join ${roles(after)} a using (user_id) where b.role is distinct from a.role order by user_id`

const pinText = (before: TableName, after: TableName): string => `
  select 'pin' as what, message_id as "messageId", case when b.version is null then 'pinned' else 'unpinned' end as change
  from ${before('pins')} b full join ${after('pins')} a using (message_id) where b.version is null or a.version is null
  order by message_id`

const messageText = (before: TableName, after: TableName): string => `
  select 'message' as what, a.id as "messageId", a.seq, a.sender_id as "senderId", case
      when b.id is null then 'sent'
      when a.deleted_at is distinct from b.deleted_at then 'deleted'
      when a.edited_at is distinct from b.edited_at then 'edited'
      when a.reactions::text is distinct from b.reactions::text then 'reactions'
      else 'previews' end as change, b.content as before, a.content as after
  from ${after('messages')} a left join ${before('messages')} b on b.id = a.id
  where a.seq > $1 and (b.id is null or a.deleted_at is distinct from b.deleted_at or a.edited_at is distinct from b.edited_at
    or a.reactions::text is distinct from b.reactions::text or a.link_previews::text is distinct from b.link_previews::text)
  order by a.seq limit ${PAGE}`
