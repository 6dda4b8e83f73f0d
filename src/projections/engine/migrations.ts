import type { Knex } from 'knex'

/** Checkpoints, generations and leases only: a projection makes its tables itself. */
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
  {
    name: 'projections-2',
    async up(knex: Knex): Promise<void> {
      await knex.schema.alterTable('projections', (table) => {
        table.boolean('stopped').notNullable().defaultTo(false).comment('by an operator or analyst')
        table.specificType('tables', 'text[]').comment('their names without version and generation')
      })
      await knex.schema.createTable('projection_generations', (table) => {
        table.comment('tables beside those that queries use: being built, or replaced by newer ones')
        table.text('name').notNullable()
        table.integer('version').notNullable()
        table.integer('generation').notNullable()
        table.text('state').notNullable().checkIn(['building', 'comparing', 'compared', 'replaced'])
        table.text('position').notNullable().comment('last position of the log that was examined')
        table.json('failure').comment('the event at which the build pauses, and why')
        table.float('events_per_second').comment('of the build')
        table.json('differences').comment('from the live generation, by table: ids and fields')
        table.timestamp('changed_at').notNullable().defaultTo(knex.fn.now())
        table.primary(['name', 'version', 'generation'])
      })
      await knex.schema.createTable('projection_leases', (table) => {
        table.comment('which process follows the log for a projection')
        table.text('name').notNullable()
        table.integer('version').notNullable()
        table.uuid('owner').notNullable()
        table.text('application').notNullable().comment('application_name of the owner’s connections')
        table.bigint('epoch').notNullable().comment('raised with every change of owner')
        table.timestamp('ends_at').notNullable()
        table.primary(['name', 'version'])
      })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.dropTable('projection_leases')
      await knex.schema.dropTable('projection_generations')
      await knex.schema.alterTable('projections', (table) => table.dropColumns('stopped', 'tables'))
    },
  },
  {
    name: 'projections-3',
    async up(knex: Knex): Promise<void> {
      const meaning = 'was near the head of the log once: later it keeps no node from serving'
      await knex.schema.alterTable('projections', (table) => {
        table.boolean('filled').notNullable().defaultTo(false).comment(meaning)
      })
      await knex('projections').update({ filled: true })
    },
    async down(knex: Knex): Promise<void> {
      await knex.schema.alterTable('projections', (table) => table.dropColumn('filled'))
    },
  },
]
