import type { Role } from '../../../domain/chat/events.js'
import type { TableName } from '../../engine/projection.js'
import { instant, toIso, type Instant } from '../instants.js'
import type { QueryContext } from '../query-context.js'
import type { AtVersion, EndedPower, Webhooks, WebhookStatus } from '../query-results.js'
import { userRefJson } from '../users/join-user.js'
import type { WebhookView } from '../views.js'
import { ownChat } from '../visibility/visible-spans.js'

interface WebhookRow extends Omit<WebhookView, 'createdAt'> {
  createdAt: Instant
}

/** Those of the chat `c`, as an array of WebhookRow. */
const rowsWhere = (table: TableName, condition: string): string => `(
  select coalesce(json_agg(page order by page.created_version), '[]') from (
    select w.id, w.created_version, w.direction, w.name, w.url, w.events, w.bot_id as "botId", w.status,
      w.disabled_why as "disabledWhy", ${instant('w.created_at')} as "createdAt", ${userRefJson(table, 'w.by_id')} as "createdBy"
    from ${table('webhooks')} w where w.chat_id = c.id and ${condition}) page)`

const toWebhook = ({ id, direction, name, url, events, botId, createdBy, ...row }: WebhookRow): WebhookView => ({
  ...{ id, direction, name, url, events, botId, createdBy },
  createdAt: toIso(row.createdAt),
  status: row.status,
  disabledWhy: row.disabledWhy,
})

export function webhookQueries({ pool, table }: QueryContext) {
  const webhooks = table('webhooks')
  return {
    /** Those of the chat that are not deleted, the oldest first. */
    async webhooks(chatId: string, viewer: string): Promise<AtVersion<Webhooks> | null> {
      const { rows } = await pool.query<{ version: number; role: Role; webhooks: WebhookRow[] }>({
        name: `list ${webhooks}`,
        text: `select c.version, me.role, ${rowsWhere(table, "w.status <> 'deleted'")} as webhooks from ${ownChat(table)}`,
        values: [chatId, viewer],
      })
      const [row] = rows
      if (row === undefined) return null
      return { version: row.version, answer: { items: row.webhooks.map(toWebhook), role: row.role } }
    },

    /** One of the chat, deleted or not. */
    async webhook(chatId: string, viewer: string, webhookId: string): Promise<AtVersion<WebhookView> | null> {
      const { rows } = await pool.query<{ version: number; webhooks: WebhookRow[] }>({
        name: `one of ${webhooks}`,
        text: `select c.version, ${rowsWhere(table, 'w.id = $3')} as webhooks from ${ownChat(table)}`,
        values: [chatId, viewer, webhookId],
      })
      const [row] = rows
      const [found] = row?.webhooks ?? []
      return row === undefined || found === undefined ? null : { version: row.version, answer: toWebhook(found) }
    },

    /** An incoming one, whatever has become of it: the bot that posts by it, in which chat, and who created it. */
    async incomingWebhook(webhookId: string): Promise<{ chatId: string; creatorId: string; botId: string } | null> {
      const { rows } = await pool.query<{ chatId: string; creatorId: string; botId: string }>({
        name: `incoming ${webhooks}`,
        text: `select chat_id as "chatId", by_id as "creatorId", bot_id as "botId" from ${webhooks}
               where id = $1 and bot_id is not null`,
        values: [webhookId],
      })
      return rows[0] ?? null
    },

    /** By id, for what delivers to them. */
    async webhookStatuses(webhookIds: readonly string[]): Promise<Map<string, WebhookStatus>> {
      const { rows } = await pool.query<WebhookStatus & { id: string }>({
        name: `statuses ${webhooks}`,
        text: `select w.id, w.chat_id as "chatId", w.by_id as "userId", w.direction, coalesce(w.events, '{}') as events, w.url,
                 w.status, m.role, w.from_version as "fromVersion"
               from ${webhooks} w left join ${table('memberships')} m
                 on m.chat_id = w.chat_id and m.user_id = w.by_id and m.to_version is null
               where w.id = any($1::uuid[])`,
        values: [webhookIds],
      })
      return new Map(rows.map(({ id, ...status }) => [id, status]))
    },

    /**
     * Those that are active and were created before their creator lost what it takes to have them. `offset 0` has Postgres look them up
     * one by one: it expects a hundred users, and would rather read all webhooks.
     */
    async webhooksEndedBy(
      ended: readonly EndedPower[],
    ): Promise<{ webhookId: string; chatId: string; causationId: string }[]> {
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
