import type { ClientBase } from 'pg'
import { inSnapshot } from '../../../postgres/transaction.js'
import type { TableName } from '../../engine/projection.js'
import { instant, toIso, type Instant } from '../instants.js'
import { messageBytesAtMost } from '../messages/message-bytes.js'
import { messagesById } from '../messages/messages-by-id.js'
import { renderPage } from '../messages/render-page.js'
import type { QueryContext } from '../query-context.js'
import type { Cursor, Paged } from '../query-results.js'
import { timeCursor } from '../time-cursor.js'
import { namelessUser, userRefJson } from '../users/join-user.js'
import type { MessageView, OwnReportView, ReportView, UserRef } from '../views.js'

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

interface ReportRow {
  id: string
  chat_id: string
  message_id: string
  reporter_id: string
  reporter: UserRef | null
  reason: string | null
  created_at: Instant
  outcome: string | null
  settled_by: string | null
  settler: UserRef | null
  settled_at: Instant | null
  report_count: number
}

const CONDITIONS = { open: 'settled_at is null and ', settled: 'settled_at is not null and ' }

const pageText = (status: ReportView['status'] | null, table: TableName): string => `
  select r.id, r.chat_id, r.message_id, r.reporter_id, r.reason, r.outcome, r.settled_by,
    ${instant('r.created_at')} as created_at, ${instant('r.settled_at')} as settled_at,
    ${userRefJson(table, 'r.reporter_id')} as reporter, ${userRefJson(table, 'r.settled_by')} as settler,
    (select count(*)::integer from ${table('reports')} where message_id = r.message_id) as report_count
  from (
    select * from ${table('reports')} where ${status === null ? '' : CONDITIONS[status]}(created_at, id) < ($1::timestamptz, $2::uuid)
    order by created_at desc, id desc limit $3) r
  order by r.created_at desc, r.id desc`

export function reportQueries(context: QueryContext) {
  const { pool, table } = context
  const reports = table('reports')
  return {
    /** Newest first, of all chats: for admins alone. */
    reports: (status: ReportView['status'] | null, limit: number, after: Cursor | null): Promise<Paged<ReportView>> =>
      inSnapshot(pool, async (tx) => {
        const [before = 'infinity', beforeId = LAST_ID] = after?.split('_') ?? []
        const { rows } = await tx.query<ReportRow>({
          name: `${status ?? 'all'} ${reports}`,
          text: pageText(status, table),
          values: [before, beforeId, limit + 1],
        })
        const all = await withMessages(rows.slice(0, limit), tx, context)
        const { views: items } = await renderPage(all, 0, { view: (report) => report, atMostBytes })
        const end = items.at(-1)
        const isLast = end === undefined || items.length === rows.length
        return { items, next: isLast ? null : timeCursor(end.createdAt, end.id) }
      }),

    /** The chat of a report. */
    async chatOfReport(reportId: string): Promise<string | null> {
      const text = `select chat_id from ${reports} where id = $1`
      return (await pool.query<{ chat_id: string }>(text, [reportId])).rows[0]?.chat_id ?? null
    },

    /** The user's report with this id; without one, their newest of the message. */
    async ownReport(messageId: string, reporterId: string, reportId: string | null): Promise<OwnReportView | null> {
      const { rows } = await pool.query<{ id: string; chat_id: string; created_at: Instant }>(
        `select id, chat_id, ${instant('created_at')} as created_at from ${reports}
         where message_id = $1 and reporter_id = $2 and ($3::uuid is null or id = $3)
         order by ${reports}.created_at desc limit 1`,
        [messageId, reporterId, reportId],
      )
      const [row] = rows
      return row === undefined ? null : { id: row.id, messageId, chatId: row.chat_id, createdAt: toIso(row.created_at) }
    },
  }
}

const atMostBytes = ({ message }: ReportView): number => 15_000 + messageBytesAtMost(message)

/** Each with its message as it is now, whether or not the admin takes part in the chat. */
async function withMessages(rows: readonly ReportRow[], tx: ClientBase, context: QueryContext): Promise<ReportView[]> {
  const messages = new Map<string, MessageView>()
  for (const chatId of new Set(rows.map(({ chat_id }) => chat_id))) {
    const ids = rows.flatMap(({ chat_id, message_id }) => (chat_id === chatId ? [message_id] : []))
    for (const [id, message] of await messagesById(tx, chatId, ids, context)) messages.set(id, message)
  }
  return rows.map((row) => {
    const message = messages.get(row.message_id)
    if (message === undefined) throw new Error(`the read model lacks message ${row.message_id}`)
    return toReport(row, message)
  })
}

const toReport = (row: ReportRow, message: MessageView): ReportView => ({
  id: row.id,
  chatId: row.chat_id,
  message,
  reporter: row.reporter ?? namelessUser(row.reporter_id),
  reason: row.reason,
  createdAt: toIso(row.created_at),
  status: row.settled_at === null ? 'open' : 'settled',
  outcome: row.outcome,
  settledBy: row.settled_by === null ? null : (row.settler ?? namelessUser(row.settled_by)),
  settledAt: row.settled_at === null ? null : toIso(row.settled_at),
  reportCount: row.report_count,
})
