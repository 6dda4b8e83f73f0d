import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'

/**
 * Deleted ones stay, without their name and URL, so that a repeat of the command that made one is answered. `created_version` is the version
 * of the event that created it, `from_version` that of the chat at that moment.
 */
export const webhooksPart = {
  tables: ['webhooks'],
  schema: (table: TableName): string => `
    create table ${table('webhooks')} (
      id uuid primary key,
      chat_id uuid not null,
      created_version integer not null,
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
    create index on ${table('webhooks')} (chat_id, created_version) where status <> 'deleted';
    create index on ${table('webhooks')} (by_id) where status = 'active';`,
  apply: {
    WebhookCreated: insertWebhook,
    WebhookDeleted: deleteWebhook,
    WebhookDisabled: disableWebhook,
    UserErased: eraseWebhooks,
  },
} satisfies Part

async function insertWebhook(
  { event, chatId, version, at }: Placed<'WebhookCreated'>,
  { tx, table }: ApplyContext,
): Promise<void> {
  const { webhookId, by, direction, name, url, events, botId } = event
  await tx.query(
    `insert into ${table('webhooks')}
       (id, chat_id, created_version, from_version, by_id, created_at, direction, name, url, events, bot_id)
     select $1, id, $3, version, $4, $5, $6, $7, $8, $9, $10 from ${table('chats')} where id = $2`,
    [webhookId, chatId, version, by, at, direction, name, url, events, botId],
  )
}

async function deleteWebhook({ event }: Placed<'WebhookDeleted'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `update ${table('webhooks')} set status = 'deleted', name = null, url = null where id = $1`
  await tx.query(text, [event.webhookId])
}

async function disableWebhook({ event }: Placed<'WebhookDisabled'>, { tx, table }: ApplyContext): Promise<void> {
  const text = `update ${table('webhooks')} set status = 'disabled', disabled_why = $2 where id = $1`
  await tx.query(text, [event.webhookId, event.reason])
}

async function eraseWebhooks({ event }: Placed<'UserErased'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query(`update ${table('webhooks')} set name = null, url = null where by_id = $1`, [event.userId])
}
