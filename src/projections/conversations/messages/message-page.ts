import type { TableName } from '../../engine/projection.js'
import { instant } from '../instants.js'
import type { QueryContext } from '../query-context.js'
import type { AtVersion, MessageList, MessagePage } from '../query-results.js'
import { joinUser } from '../users/join-user.js'
import { MAX_VERSION, ownChat, visibleSpans } from '../visibility/visible-spans.js'
import { messageBytesAtMost } from './message-bytes.js'
import { MESSAGE_COLUMNS, messageSender, toMessage, type MessageRow } from './message-view.js'
import { chooseWindow, type Window } from './page-window.js'
import { renderPage } from './render-page.js'
import { quotedIfVisible } from './replies.js'

/** With the chat's version. Where nothing was found, one row without a message; where the chat is not the viewer's, no row. */
type FoundRow = { chat_version: number } & (MessageRow | { id: null })

const isMessage = (row: FoundRow): row is MessageRow & { chat_version: number } => row.id !== null

/** The newest, or oldest, of each visible span of the chat `c`: an index leads to them, and no others are read. */
const visibleMessages = (table: TableName, order: 'asc' | 'desc', bound: string, limit: string): string => `
  select m.* from ${visibleSpans(table)} v cross join lateral (
    select * from ${table('messages')}
    where chat_id = c.id and sent_version between v.first and v.last ${bound}
    order by sent_version ${order} limit ${limit}) m`

const pageOf = (table: TableName, start: string, messages: string): string => `
  select c.version as chat_version, ${MESSAGE_COLUMNS} from ${ownChat(table)} ${start}
  left join lateral (${messages}) m on true ${messageSender(table)} ${quotedIfVisible(table)}`

/** The newest $3 messages at most, descending. */
const latestText = (table: TableName): string =>
  `${pageOf(table, '', visibleMessages(table, 'desc', '', '$3'))} order by m.seq desc limit $3`

/** At most $4 messages before the seq $3, and $5 from there on; descending. */
function windowText(table: TableName): string {
  // seqs and versions ascend together, and spans are of versions
  const start = `cross join lateral (select coalesce((
    select sent_version from ${table('messages')} where chat_id = c.id and seq >= $3 order by seq limit 1), ${MAX_VERSION}) as version) start`
  const older = visibleMessages(table, 'desc', 'and sent_version < start.version', '$4')
  const newer = visibleMessages(table, 'asc', 'and sent_version >= start.version', '$5')
  const sides = `(${older} order by sent_version desc limit $4) union all (${newer} order by sent_version limit $5)`
  return `${pageOf(table, start, sides)} order by m.seq desc`
}

/** One message more on each side than the page may hold, to know whether there are more. */
const wantedOf = (page: MessagePage, limit: number): Window => {
  if ('latest' in page) return { seq: MAX_VERSION, older: limit, newer: 0 }
  if ('before' in page) return { seq: page.before, older: limit, newer: 0 }
  if ('after' in page) return { seq: Math.min(page.after + 1, MAX_VERSION), older: 0, newer: limit }
  return { seq: page.around, older: limit, newer: limit }
}

/** A page of what the viewer may see of one chat. */
export async function messagePage(
  context: QueryContext,
  chatId: string,
  viewer: string,
  page: MessagePage,
  limit: number,
): Promise<AtVersion<MessageList> | null> {
  const { pool, table } = context
  const { seq, older, newer } = wantedOf(page, limit)
  const { rows } = await pool.query<FoundRow>(
    'latest' in page
      ? { name: `latest ${table('messages')}`, text: latestText(table), values: [chatId, viewer, older + 1] }
      : {
          name: `window ${table('messages')}`,
          text: windowText(table),
          values: [chatId, viewer, seq, older + 1, newer + 1],
        },
  )
  const [first] = rows
  if (first === undefined) return null
  const found = rows.filter(isMessage).reverse()
  const before = found.filter((row) => row.seq < seq).length
  const chosen = chooseWindow({ before, after: found.length - before }, page, limit)
  const shown = found.slice(chosen.from, chosen.to)
  const { views, from, to } = await renderPage(shown, chosen.centre, {
    view: (row) => toMessage(row, chatId, context),
    atMostBytes: messageBytesAtMost,
  })
  return {
    version: first.chat_version,
    answer: { messages: views, older: chosen.from + from > 0, newer: chosen.from + to < found.length },
  }
}

/** What a list of chats shows of the newest message that `me` may see of the chat `c`: found first, and only then joined to its sender. */
export const newestVisible = (table: TableName): string => `(
  select m.content as last_content, m.sender_id as last_sender_id, p.name as last_sender_name, ${instant('m.created_at')} as last_at
  from (${visibleMessages(table, 'desc', '', '1')} order by sent_version desc limit 1) m
  ${joinUser(table, 'm.sender_id')})`
