import type { Knex } from 'knex'

/** The erasures that are not complete yet. Ids only. */
export const erasureMigrations = [
  {
    name: 'erasure-1',
    async up(knex: Knex): Promise<void> {
      await knex.schema.createTable('erasures', (table) => {
        table.uuid('user_id').primary()
        table
          .timestamp('due_at')
          .notNullable()
          .defaultTo(knex.fn.now())
          .index()
          .comment('moved ahead by the node that holds the lease')
      })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.dropTable('erasures')
    },
  },
]
