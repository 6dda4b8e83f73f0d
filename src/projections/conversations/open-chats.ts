import type { ClientBase, Pool } from 'pg'
import type { TableName } from '../engine/projection.js'
import type { ChatRow } from './chats.js'
import { SHARED_COLUMNS, toSharedChat } from './chats.js'
import type { Cursor, Paged } from './conversation-queries.js'
import type { SharedChatView } from './views.js'

/**
 * Where the names of chats that anyone may join can be met: the name itself (`place` 0), and what is left of it from each later word on. So
 * a search by the beginning of any word, or of several, is one range of one index. In the order of code points, whatever the database's
 * collation.
 */
export const openChatsSchema = (table: TableName): string => `
  create table ${table('open_chats')} (
    chat_id uuid not null,
    place integer not null,
    start text collate "C" not null,
    primary key (chat_id, place)
  );
  create index on ${table('open_chats')} (start, chat_id);
  create index on ${table('open_chats')} (start, chat_id) where place = 0;`

/** After every event that may open or close the chat, or name it. */
export async function applyOpenChat(chatId: string, tx: ClientBase, table: TableName): Promise<void> {
  const { rows } = await tx.query<{ name: string | null }>({
    name: `open ${table('chats')}`,
    text: `select name from ${table('chats')}
           where id = $1 and type = 'group' and join_policy = 'open' and archived_at is null`,
    values: [chatId],
  })
  await tx.query({
    name: `close ${table('open_chats')}`,
    text: `delete from ${table('open_chats')} where chat_id = $1`,
    values: [chatId],
  })
  if (rows[0] === undefined) return
  await tx.query({
    name: `open ${table('open_chats')}`,
    text: `insert into ${table('open_chats')} (chat_id, place, start)
           select $1, place - 1, start from unnest($2::text[]) with ordinality as s(start, place)`,
    values: [chatId, startsOf(rows[0].name ?? '')],
  })
}

/** The name, and what is left of it from each later word on; in lower case. */
export function startsOf(name: string): string[] {
  const folded = fold(name)
  const words = Array.from(folded.matchAll(/[\p{L}\p{N}\p{M}]+/gu), ({ index }) => folded.slice(index))
  return [...new Set([folded, ...words])]
}

const fold = (text: string): string => text.toLowerCase().normalize('NFC')

/** Above every text that begins with another one, and below all that come after those. */
const PAST = '\u{10ffff}'

/** Where a page ended: the start by which its last chat was met, and that chat. */
export const isOpenChatCursor = (cursor: string): boolean => fromCursor(cursor) !== null

const toCursor = ({ start, id }: { start: string; id: string }): Cursor =>
  Buffer.from(JSON.stringify([start, id])).toString('base64url')

function fromCursor(cursor: Cursor): [start: string, id: string] | null {
  try {
    const [start, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
    const isGood = typeof start === 'string' && !start.includes('\0') && start.isWellFormed() && isId(id)
    return isGood ? [start, id as string] : null
  } catch {
    return null
  }
}

const isId = (id: unknown): boolean => typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)

/**
 * Chats that the viewer may join, in the order of what was met: with a query, those in whose names a word begins so; without, all of
 * them. `offset 0` keeps Postgres from turning what is looked up for each row into a join with all there is; and of two bounds of pairs it
 * does not believe that little lies between them, which it would rather sort than read in the index's order, up to the limit.
 */
export async function openChatPage(
  pool: Pool,
  table: TableName,
  viewer: string,
  query: string | null,
  limit: number,
  after: Cursor | null,
): Promise<Paged<SharedChatView>> {
  const from = query === null ? '' : fold(query)
  const cursor = after === null ? null : fromCursor(after)
  // One of another search is none of this one.
  const [start, id] = cursor?.[0].startsWith(from) === true ? cursor : [from, NOBODY]
  const met =
    query === null
      ? 's.place = 0'
      : `not exists (select from ${table('open_chats')} e where e.chat_id = s.chat_id and e.place < s.place
           and e.start >= $6 and e.start < $4 offset 0)`
  const { rows } = await pool.query<ChatRow & { start: string }>({
    name: `page ${table('open_chats')} ${query === null ? 'all' : 'query'}`,
    text: `select s.start, ${SHARED_COLUMNS} from (
             select s.start, s.chat_id from ${table('open_chats')} s
             where (s.start, s.chat_id) > ($2, $3) and (s.start, s.chat_id) < ($4, '${NOBODY}'::uuid) and ${met}
               and not exists (select from ${table('memberships')} m
                 where m.chat_id = s.chat_id and m.user_id = $1 and m.to_version is null offset 0)
               and not exists (select from ${table('bans')} b where b.chat_id = s.chat_id and b.user_id = $1 offset 0)
             order by s.start, s.chat_id limit $5) s
           cross join lateral (select * from ${table('chats')} where id = s.chat_id limit 1) c
           order by s.start, s.chat_id`,
    values: [viewer, start, id, from + PAST, limit + 1, ...(query === null ? [] : [from])],
  })
  const shown = rows.slice(0, limit)
  const end = shown.at(-1)
  return { items: shown.map(toSharedChat), next: rows.length > limit && end !== undefined ? toCursor(end) : null }
}

/** Below the id of every chat. */
const NOBODY = '00000000-0000-0000-0000-000000000000'
