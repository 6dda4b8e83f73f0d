import type { ClientBase, Pool } from 'pg'
import type { Role } from '../../domain/chat/events.js'
import type { Opened } from '../../domain/event.js'
import type { WebhookCreated, WebhookDeleted, WebhookDisabled } from '../../domain/moderation/events.js'
import type { TableName } from '../engine/projection.js'
import type { ConversationQueries, WebhookStatus } from './conversation-queries.js'
import { instant, toIso, type Instant } from './instants.js'
import type { Place } from './memberships.js'
import { ownChat } from './visibility.js'
import type { UserRef, WebhookView } from './views.js'

/**
 * Deleted ones stay, without their words, so that a repeat of the command that made one is answered. `place` is the version of the event
 * that made it, `from_version` that of the chat at that moment.
 */
export const webhooksSchema = (table: TableName): string => `
  create table ${table('webhooks')} (
    id uuid primary key,
    chat_id uuid not null,
    place integer not null,
    from_version integer not null,
    by_id uuid not null,
    created_at timestamptz not null,
    direction text not null,
    name text,
    url text,
    events text[],
    bot_id uuid,
    status text not null default 'active',
    disabled_why text
  );
  create index on ${table('webhooks')} (chat_id, place) where status <> 'deleted';
  create index on ${table('webhooks')} (by_id) where status = 'active';`

export async function applyWebhookCreated(
  { webhookId, by, direction, name, url, events, botId }: Opened<WebhookCreated>,
  { chatId, version, at }: Place,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  await tx.query(
    `insert into ${table('webhooks')}
       (id, chat_id, place, from_version, by_id, created_at, direction, name, url, events, bot_id)
     select $1, id, $3, version, $4, $5, $6, $7, $8, $9, $10 from ${table('chats')} where id = $2`,
    [webhookId, chatId, version, by, at, direction, name, url, events, botId],
  )
}

export async function applyWebhookDeleted(
  { webhookId }: Opened<WebhookDeleted>,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  const text = `update ${table('webhooks')} set status = 'deleted', name = null, url = null where id = $1`
  await tx.query(text, [webhookId])
}

export async function applyWebhookDisabled(
  { webhookId, why }: Opened<WebhookDisabled>,
  tx: ClientBase,
  table: TableName,
): Promise<void> {
  const text = `update ${table('webhooks')} set status = 'disabled', disabled_why = $2 where id = $1`
  await tx.query(text, [webhookId, why])
}

type WebhookQueries = Pick<
  ConversationQueries,
  'webhooks' | 'webhook' | 'incomingWebhook' | 'webhookStatuses' | 'webhooksEndedBy'
>

export function createWebhookQueries(pool: Pool, table: TableName): WebhookQueries {
  const webhooks = table('webhooks')
  return {
    async webhooks(chatId, viewer) {
      const { rows } = await pool.query<{ version: number; role: Role; webhooks: WebhookRow[] }>({
        name: `list ${webhooks}`,
        text: `select c.version, me.role, ${rowsWhere(table, "w.status <> 'deleted'")} as webhooks from ${ownChat(table)}`,
        values: [chatId, viewer],
      })
      const [row] = rows
      if (row === undefined) return null
      return { version: row.version, answer: { items: row.webhooks.map(toWebhook), role: row.role } }
    },

    async webhook(chatId, viewer, webhookId) {
      const { rows } = await pool.query<{ version: number; webhooks: WebhookRow[] }>({
        name: `one of ${webhooks}`,
        text: `select c.version, ${rowsWhere(table, 'w.id = $3')} as webhooks from ${ownChat(table)}`,
        values: [chatId, viewer, webhookId],
      })
      const [row] = rows
      const [found] = row?.webhooks ?? []
      return row === undefined || found === undefined ? null : { version: row.version, answer: toWebhook(found) }
    },

    async incomingWebhook(webhookId) {
      const { rows } = await pool.query<{ chatId: string; creatorId: string; botId: string }>({
        name: `incoming ${webhooks}`,
        text: `select chat_id as "chatId", by_id as "creatorId", bot_id as "botId" from ${webhooks}
               where id = $1 and bot_id is not null`,
        values: [webhookId],
      })
      return rows[0] ?? null
    },

    async webhookStatuses(webhookIds) {
      const { rows } = await pool.query<WebhookStatus & { id: string }>({
        name: `webhookStatuses ${webhooks}`,
        text: `select w.id, w.chat_id as "chatId", w.by_id as "userId", w.direction, coalesce(w.events, '{}') as events, w.url,
                 w.status, m.role, w.from_version as "fromVersion"
               from ${webhooks} w left join ${table('memberships')} m
                 on m.chat_id = w.chat_id and m.user_id = w.by_id and m.to_version is null
               where w.id = any($1::uuid[])`,
        values: [webhookIds],
      })
      return new Map(rows.map(({ id, ...accountStatus }) => [id, accountStatus]))
    },

    /** One after another, which `offset 0` sees to: Postgres expects a hundred people, and would rather read all webhooks. */
    async webhooksEndedBy(ended) {
      const { rows } = await pool.query<{ webhookId: string; chatId: string; causationId: string }>({
        name: `ended ${webhooks}`,
        text: `select w.id as "webhookId", w.chat_id as "chatId", e."causationId" as "causationId"
               from json_to_recordset($1) as e("userId" uuid, "chatId" uuid, version integer, at timestamptz, "causationId" text)
               cross join lateral (
                 select id, chat_id from ${webhooks} where by_id = e."userId" and status = 'active'
                   and case when e."chatId" is null then created_at <= e.at
                            else chat_id = e."chatId" and from_version < e.version end
                 offset 0) w`,
        values: [JSON.stringify(ended)],
      })
      return rows
    },
  }
}

interface WebhookRow extends Omit<WebhookView, 'createdBy' | 'createdAt'> {
  byId: string
  createdBy: UserRef | null
  createdAt: Instant
}

/** Those of the chat `c`, as an array of WebhookRow. */
const rowsWhere = (table: TableName, condition: string): string => `(
  select coalesce(json_agg(page order by page.place), '[]') from (
    select w.id, w.place, w.direction, w.name, w.url, w.events, w.bot_id as "botId", w.status, w.disabled_why as "disabledWhy",
      w.by_id as "byId", ${instant('w.created_at')} as "createdAt", (
        select json_build_object('id', p.id, 'name', p.name, 'avatarUrl', p.avatar_url)
        from ${table('people')} p where p.id = w.by_id) as "createdBy"
    from ${table('webhooks')} w where w.chat_id = c.id and ${condition}) page)`

const toWebhook = ({ byId, createdBy, createdAt, ...row }: WebhookRow): WebhookView => ({
  id: row.id,
  direction: row.direction,
  name: row.name,
  url: row.url,
  events: row.events,
  botId: row.botId,
  createdBy: createdBy ?? { id: byId, name: null, avatarUrl: null },
  createdAt: toIso(createdAt),
  status: row.status,
  disabledWhy: row.disabledWhy,
})
