import type { Knex } from 'knex'

/** How far each webhook that leads out has come. No projection: what was told to others cannot be made anew from the log. */
export const webhookMigrations = [
  {
    name: 'webhooks-1',
    async up(knex: Knex): Promise<void> {
      await knex.schema.createTable('webhook_deliveries', (table) => {
        table.uuid('webhook_id').primary()
        table.uuid('chat_id').notNullable().index()
        table.integer('version').notNullable().comment('of the chat: up to here all is delivered, or was not to be')
        table.integer('head').notNullable().comment('the last version of the chat that is known to be there')
        table.boolean('active').notNullable().defaultTo(true)
        table.timestamp('due_at').notNullable().defaultTo(knex.fn.now()).comment('a node that has it moves this ahead')
        table.uuid('lease').comment('of the node that has it')
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
