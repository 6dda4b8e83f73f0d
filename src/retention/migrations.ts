import type { Knex } from 'knex'

/** The chats that do not keep their messages without end. Ids only. */
export const retentionMigrations = [
  {
    name: 'retention-1',
    async up(knex: Knex): Promise<void> {
      await knex.schema.createTable('chat_retentions', (table) => {
        table.uuid('chat_id').primary()
        table
          .timestamp('due_at')
          .notNullable()
          .index()
          .comment('when its months are looked at again; moved ahead by a lease')
      })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.dropTable('chat_retentions')
    },
  },
]
