import type { Knex } from 'knex'

/** Snapshots of folded streams, which may be emptied at any time. */
export const snapshotMigrations = [
  {
    name: 'snapshots-1',
    async up(knex: Knex): Promise<void> {
      await knex.schema.createTable('snapshots', (table) => {
        table.text('stream').primary()
        table.integer('evolve_version').notNullable().comment('of the fold that made it')
        table.integer('version').notNullable()
        table.text('position').notNullable().comment('of the event at that version')
        table.text('last_at').notNullable().comment('recorded time of that event')
        table.text('state').notNullable()
      })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.dropTable('snapshots')
    },
  },
]
