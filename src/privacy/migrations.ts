import type { Knex } from 'knex'

/** The key store's own schema, in a database apart from the log. */
export const keyMigrations: { name: string; up(knex: Knex): Promise<void>; down(knex: Knex): Promise<void> }[] = [
  {
    name: '001-data-keys',
    async up(knex) {
      await knex.schema.createTable('data_keys', (table) => {
        table.text('name').primary()
        table.binary('wrapped').comment('nonce, encrypted key, tag; null once destroyed, and then for ever')
        table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
        table.timestamp('destroyed_at')
        table.check('(wrapped is null) = (destroyed_at is not null)', [], 'data_keys_destroyed')
      })
    },
    async down(knex) {
      await knex.schema.dropTable('data_keys')
    },
  },
  {
    name: '002-master-keys',
    async up(knex) {
      await knex.schema.alterTable('data_keys', (table) => {
        table.text('wrapped_by').comment('which master key; null where it was not noted yet')
      })
      await knex.raw('create index data_keys_by_master_key on data_keys (wrapped_by, name) where wrapped is not null')
    },
    async down(knex) {
      await knex.schema.alterTable('data_keys', (table) => table.dropColumn('wrapped_by'))
    },
  },
]
