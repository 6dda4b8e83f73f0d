import type { Knex } from 'knex'

/** Checkpoints only: a projection makes its tables itself. */
export const projectionMigrations = [
  {
    name: 'projections-1',
    async up(knex: Knex): Promise<void> {
      await knex.schema.createTable('projections', (table) => {
        table.text('name').notNullable()
        table.integer('version').notNullable()
        table.integer('generation').notNullable()
        table.text('position').notNullable().comment('last position of the log that was examined, matching or not')
        table.json('failure').comment('the event at which it pauses, and why')
        table.primary(['name', 'version'])
      })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.dropTable('projections')
    },
  },
]
