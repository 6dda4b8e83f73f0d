import type { Knex } from 'knex'

export const restoreMigrations = [
  {
    name: 'restores-1',
    async up(knex: Knex): Promise<void> {
      await knex.schema.createTable('restores', (table) => {
        table.comment('backups that this database was made from')
        table.uuid('backup_id').primary()
        table.integer('events').notNullable().comment('how many events of the backup are restored')
        table.timestamp('started_at').notNullable().defaultTo(knex.fn.now())
        table.timestamp('finished_at').comment('null: nothing may start on this database')
      })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.dropTable('restores')
    },
  },
]
