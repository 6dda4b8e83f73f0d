import type { Knex } from 'knex'

/** Credentials: who may log in. Not event sourced, for secrets and e-mail addresses never enter the log. */
export const identityMigrations: { name: string; up(knex: Knex): Promise<void>; down(knex: Knex): Promise<void> }[] = [
  {
    name: 'identity-001-credentials',
    async up(knex) {
      await knex.schema.createTable('credentials', (table) => {
        table.uuid('user_id').primary()
        table.text('email').notNullable().unique().comment('as normaliseEmail spells it')
        table.text('password_hash').notNullable().comment('argon2id, its parameters inside')
        table.text('status').notNullable().comment('pending until the log holds UserRegistered')
        table.text('pending_name').comment('the name to register; in clear only until the account is active')
        table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
        table.check(`status in ('pending', 'active')`, [], 'credentials_status')
        table.check(`(pending_name is not null) = (status = 'pending')`, [], 'credentials_pending_name')
      })
    },
    async down(knex) {
      await knex.schema.dropTable('credentials')
    },
  },
]
