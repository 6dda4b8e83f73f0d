import type { Knex } from 'knex'

/** The positions of followers with side effects, and the jobs that they have yet to do. Ids only. */
export const previewMigrations = [
  {
    name: 'previews-1',
    async up(knex: Knex): Promise<void> {
      await knex.schema.createTable('followers', (table) => {
        table.text('name').primary()
        table.text('position').notNullable().comment('last position of the log that was examined')
      })
      await knex.schema.createTable('link_preview_jobs', (table) => {
        table.text('stream').notNullable()
        table.integer('version').notNullable().comment('of the message with links')
        table.integer('attempts').notNullable().defaultTo(0)
        table
          .timestamp('due_at')
          .notNullable()
          .defaultTo(knex.fn.now())
          .comment('moved ahead by the node that holds the lease')
        table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
        table.boolean('done').notNullable().defaultTo(false).comment('kept for a day, so that it is not done again')
        table.primary(['stream', 'version'])
        table.index(['due_at'], 'link_preview_jobs_open', { predicate: knex.queryBuilder().whereRaw('not done') })
      })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.dropTable('link_preview_jobs')
      await knex.schema.dropTable('followers')
    },
  },
  {
    name: 'previews-2',
    async up(knex: Knex): Promise<void> {
      await knex.schema.alterTable('link_preview_jobs', (table) => {
        const unknown = '00000000-0000-0000-0000-000000000000'
        table.uuid('user_id').notNullable().defaultTo(unknown).comment('who sent the message')
        table.index(['user_id', 'due_at'], 'link_preview_jobs_of_user')
      })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.alterTable('link_preview_jobs', (table) => table.dropColumn('user_id'))
    },
  },
]
