import type { ClientBase, Pool } from 'pg'
import type { RenderContent } from '../../content/render-content.js'
import type { Opened } from '../../domain/event.js'
import type { MessageReported, ReportSettled } from '../../domain/moderation/events.js'
import { inSnapshot } from '../../postgres/transaction.js'
import type { TableName } from '../engine/projection.js'
import type { ConversationQueries } from './conversation-queries.js'
import { instant, toIso, type Instant } from './instants.js'
import { messagesById } from './messages.js'
import { timeCursor } from './time-cursor.js'
import type { UserRef, ReportView } from './views.js'

/** Words are null where the key of who wrote them was destroyed. */
export const reportsSchema = (table: TableName): string => `
  create table ${table('reports')} (
    id uuid primary key,
    chat_id uuid not null,
    message_id uuid not null,
    reporter_id uuid not null,
    reason text,
    created_at timestamptz not null,
    outcome text,
    settled_by uuid,
    settled_at timestamptz
  );
  create index on ${table('reports')} (message_id, reporter_id, created_at);
  create index on ${table('reports')} (created_at, id);
  create index on ${table('reports')} (created_at, id) where settled_at is null;
  create index on ${table('reports')} (created_at, id) where settled_at is not null;`

export async function applyReported(
  { reportId, messageId, reporterId, reason }: Opened<MessageReported>,
  { chatId, at }: { chatId: string; at: string },
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  await tx.query(
    `insert into ${table('reports')} (id, chat_id, message_id, reporter_id, reason, created_at) values ($1, $2, $3, $4, $5, $6)`,
    [reportId, chatId, messageId, reporterId, reason, at],
  )
}

export async function applySettled(
  { reportId, by, outcome }: Opened<ReportSettled>,
  at: string,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  await tx.query(`update ${table('reports')} set outcome = $2, settled_by = $3, settled_at = $4 where id = $1`, [
    reportId,
    outcome,
    by,
    at,
  ])
}

type ReportQueries = Pick<ConversationQueries, 'reports' | 'chatOfReport' | 'ownReport'>

export function createReportQueries(pool: Pool, table: TableName, render: RenderContent): ReportQueries {
  const reports = table('reports')
  return {
    reports: (status, limit, after) =>
      inSnapshot(pool, async (tx) => {
        const [before = 'infinity', beforeId = LAST_ID] = after?.split('_') ?? []
        const { rows } = await tx.query<ReportRow>({
          name: `${status ?? 'all'} ${reports}`,
          text: pageText(status, table),
          values: [before, beforeId, limit + 1],
        })
        const items = await withMessages(rows.slice(0, limit), tx, table, render)
        const end = items.at(-1)
        return { items, next: rows.length > limit && end !== undefined ? timeCursor(end.createdAt, end.id) : null }
      }),

    async chatOfReport(reportId) {
      const text = `select chat_id from ${reports} where id = $1`
      return (await pool.query<{ chat_id: string }>(text, [reportId])).rows[0]?.chat_id ?? null
    },

    async ownReport(messageId, reporterId, reportId) {
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
    ${userRefOf(table, 'r.reporter_id')} as reporter, ${userRefOf(table, 'r.settled_by')} as settler,
    (select count(*)::integer from ${table('reports')} where message_id = r.message_id) as report_count
  from (
    select * from ${table('reports')} where ${status === null ? '' : CONDITIONS[status]}(created_at, id) < ($1::timestamptz, $2::uuid)
    order by created_at desc, id desc limit $3) r
  order by r.created_at desc, r.id desc`

const userRefOf = (table: TableName, userId: string): string =>
  `(select json_build_object('id', id, 'name', name, 'avatarUrl', avatar_url) from ${table('people')} where id = ${userId})`

/** Each with its message as it is now, whoever may see that. */
async function withMessages(rows: readonly ReportRow[], tx: ClientBase, table: TableName, render: RenderContent) {
  const messages = new Map<string, ReportView['message']>()
  for (const chatId of new Set(rows.map(({ chat_id }) => chat_id))) {
    const ids = rows.flatMap(({ chat_id, message_id }) => (chat_id === chatId ? [message_id] : []))
    for (const [id, message] of await messagesById(tx, table, chatId, ids, render)) messages.set(id, message)
  }
  return rows.map((row) => {
    const message = messages.get(row.message_id)
    if (message === undefined) throw new Error(`the read model lacks message ${row.message_id}`)
    return toReport(row, message)
  })
}

const toReport = (row: ReportRow, message: ReportView['message']): ReportView => ({
  id: row.id,
  chatId: row.chat_id,
  message,
  reporter: row.reporter ?? nameless(row.reporter_id),
  reason: row.reason,
  createdAt: toIso(row.created_at),
  status: row.settled_at === null ? 'open' : 'settled',
  outcome: row.outcome,
  settledBy: row.settled_by === null ? null : (row.settler ?? nameless(row.settled_by)),
  settledAt: row.settled_at === null ? null : toIso(row.settled_at),
  reportCount: row.report_count,
})

const nameless = (id: string): UserRef => ({ id, name: null, avatarUrl: null })
