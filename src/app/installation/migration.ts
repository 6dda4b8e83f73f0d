import type { Migration } from '../../postgres/migrate.js'

export type DatabaseKind = 'main' | 'keys'

/** One row: which of the two databases this is, and of which installation. In both databases. */
export const installationMigration: Migration = {
  name: 'installation-1',
  async up(knex) {
    await knex.raw(`
      create table installation (
        is_only boolean primary key default true check (is_only),
        kind text not null check (kind in ('main', 'keys')),
        id uuid not null
      )`)
  },
  async down(knex) {
    await knex.schema.dropTable('installation')
  },
}
