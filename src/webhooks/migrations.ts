import type { Knex } from 'knex'

/** How far each outgoing webhook has been delivered to. Not a projection: what was sent to others cannot be rebuilt from the log. */
export const webhookMigrations = [
  {
    name: 'webhooks-1',
    async up(knex: Knex): Promise<void> {
      await knex.schema.createTable('webhook_deliveries', (table) => {
        table.uuid('webhook_id').primary()
        table.uuid('chat_id').notNullable().index()
        table
          .integer('version')
          .notNullable()
          .comment('of the chat: everything up to it is delivered, or was not to be')
        table.integer('head').notNullable().comment('the latest version of the chat that is known')
        table.boolean('active').notNullable().defaultTo(true)
        table
          .timestamp('due_at')
          .notNullable()
          .defaultTo(knex.fn.now())
          .comment('moved ahead by the node that holds the lease')
        table.uuid('lease').comment('of the node that delivers')
        table.integer('failures').notNullable().defaultTo(0).comment('in a row')
        table.text('last_failure').comment('a code')
        table.timestamp('last_failure_at')
        table.timestamp('last_delivered_at')
        const predicate = knex.queryBuilder().whereRaw('active and version < head')
        table.index(['due_at'], 'webhook_deliveries_open', { predicate })
      })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.dropTable('webhook_deliveries')
    },
  },
]
