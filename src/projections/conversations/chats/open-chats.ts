import type { TableName } from '../../engine/projection.js'
import {
  indexName,
  isNameCursor,
  lookUpNames,
  nameCursor,
  nameIndexSchema,
  removeName,
  type NamePage,
} from '../name-index.js'
import { chatsOf } from '../memberships/chats-of.js'
import type { ApplyContext, Part, Placed } from '../part.js'
import type { QueryContext } from '../query-context.js'
import { toPaged, type Paged } from '../query-results.js'
import type { SharedChatView } from '../views.js'
import { SHARED_COLUMNS, toSharedChat, type ChatRow } from './chat-columns.js'

/** The words by which chats are found that anyone may join. */
export const openChatsPart = {
  tables: ['open_chats'],
  schema: (table: TableName): string => nameIndexSchema(table('open_chats')),
  apply: {
    async ChatCreated(placed: Placed<'ChatCreated'>, context: ApplyContext) {
      if (placed.event.joinPolicy === 'open') await indexOpenChat(placed, context)
    },
    ChatChanged: indexOpenChat,
    ChatArchived: indexOpenChat,
    ChatUnarchived: indexOpenChat,
    UserErased: eraseNames,
  },
} satisfies Part

/** After every event that may open or close the chat, or name it. */
async function indexOpenChat({ chatId }: { chatId: string }, { tx, table }: ApplyContext): Promise<void> {
  const { rows } = await tx.query<{ name: string | null }>({
    name: `is open ${table('chats')}`,
    text: `select name from ${table('chats')}
           where id = $1 and type = 'group' and join_policy = 'open' and archived_at is null`,
    values: [chatId],
  })
  const [open] = rows
  if (open === undefined) await removeName(table('open_chats'), chatId, { tx })
  else await indexName(table('open_chats'), chatId, open.name, { tx })
}

/** Chats that the user named are found without a name. */
async function eraseNames({ event }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    `select id from ${table('chats')} where id in (${chatsOf(table)}) and named_by = $1`,
    [event.userId],
  )
  for (const { id: chatId } of rows) await indexOpenChat({ chatId }, { tx, table })
}

export const isOpenChatCursor = isNameCursor

/** Chats that the viewer may join, by name; neither those in which they take part nor those from which they are banned. */
export async function openChats(
  { pool, table }: QueryContext,
  viewer: string,
  page: NamePage,
): Promise<Paged<SharedChatView>> {
  const isJoinable = `
    not exists (select from ${table('memberships')} m
      where m.chat_id = s.owner_id and m.user_id = $6 and m.to_version is null offset 0)
    and not exists (select from ${table('bans')} b where b.chat_id = s.owner_id and b.user_id = $6 offset 0)`
  const lookup = lookUpNames(table('open_chats'), page, isJoinable)
  if (lookup === null) return { items: [], next: null }
  const { rows } = await pool.query<ChatRow & { start: string }>({
    name: `open ${table('open_chats')} ${page.query === null ? 'all' : 'query'}`,
    text: `select s.start, ${SHARED_COLUMNS} from (${lookup.text}) s
           cross join lateral (select * from ${table('chats')} where id = s.owner_id limit 1) c
           order by s.start, s.owner_id`,
    values: [...lookup.values, viewer],
  })
  return toPaged(rows, page.limit, toSharedChat, nameCursor)
}
