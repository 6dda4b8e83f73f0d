import type { Knex } from 'knex'
import { normaliseStoredAddresses } from './accounts/stored-spelling.js'

/** Credentials, sessions and tokens. Not event sourced: secrets and e-mail addresses never enter the log. */
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
  {
    name: 'identity-002-sessions',
    async up(knex) {
      await knex.schema.alterTable('credentials', (table) => {
        table.timestamp('email_verified_at')
        table.integer('password_changes').notNullable().defaultTo(0)
        table.integer('password_changes_in_log').notNullable().defaultTo(0).comment('behind only after a crash')
      })
      await knex.schema.createTable('sessions', (table) => {
        table.uuid('id').primary()
        table.uuid('user_id').notNullable().references('credentials.user_id').onDelete('cascade').index()
        table.timestamp('created_at').notNullable()
        table.timestamp('last_used_at').notNullable()
        table.timestamp('authenticated_at').notNullable().comment('when the password was last given in it')
        table.text('ip').comment('in clear, as user_agent is; both go when the session ends')
        table.text('user_agent')
        table.timestamp('revoked_at')
        table.text('revoked_reason')
        table.uuid('revoked_by')
        table.boolean('opened_in_log').notNullable().defaultTo(false)
        table.boolean('revoked_in_log').notNullable().defaultTo(false)
        table.check('(revoked_at is null) = (revoked_reason is null)', [], 'sessions_revoked')
      })
      await knex.raw(`create index sessions_not_in_log on sessions (id)
        where not opened_in_log or (revoked_at is not null and not revoked_in_log)`)
      await knex.schema.createTable('refresh_tokens', (table) => {
        table.binary('hash').primary().comment('SHA-256; the token itself is nowhere')
        table.uuid('session_id').notNullable().references('sessions.id').onDelete('cascade').index()
        table.timestamp('created_at').notNullable()
        table.timestamp('used_at')
      })
      await knex.schema.createTable('mailed_tokens', (table) => {
        table.binary('hash').primary().comment('SHA-256; the token itself is only in the mail')
        table.text('purpose').notNullable()
        table.uuid('user_id').notNullable().references('credentials.user_id').onDelete('cascade').index()
        table.text('email').notNullable().comment('the address it was sent to')
        table.timestamp('expires_at').notNullable()
        table.check(`purpose in ('confirm-email', 'reset-password')`, [], 'mailed_tokens_purpose')
      })
      await knex.schema.createTable('invites', (table) => {
        table.binary('hash').primary().comment('SHA-256; the token itself is only in the link')
        table.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
        table.timestamp('expires_at').notNullable()
        table.uuid('used_by').comment('who registered with it: once')
      })
    },
    async down(knex) {
      for (const name of ['invites', 'mailed_tokens', 'refresh_tokens', 'sessions']) await knex.schema.dropTable(name)
      await knex.schema.alterTable('credentials', (table) => {
        table.dropColumns('email_verified_at', 'password_changes', 'password_changes_in_log')
      })
    },
  },
  {
    name: 'identity-003-bots',
    async up(knex) {
      await knex.schema.createTable('bots', (table) => {
        table.uuid('id').primary()
        table.uuid('owner_id').notNullable().references('credentials.user_id').onDelete('cascade').index()
        table.timestamp('created_at').notNullable()
        table.timestamp('deleted_at').comment('the row stays: what made the bot may be repeated')
      })
      await knex.schema.createTable('bot_tokens', (table) => {
        table.uuid('id').primary()
        table.binary('hash').notNullable().unique().comment('SHA-256; the token itself is nowhere')
        table.uuid('bot_id').notNullable().references('bots.id').onDelete('cascade').index()
        table.specificType('chat_ids', 'uuid[]').notNullable().comment('where it is good')
        table.timestamp('created_at').notNullable()
        table.timestamp('expires_at').notNullable()
      })
    },
    async down(knex) {
      for (const name of ['bot_tokens', 'bots']) await knex.schema.dropTable(name)
    },
  },
  {
    name: 'identity-004-normal-addresses',
    async up(knex) {
      await knex.schema.alterTable('credentials', (table) => {
        table
          .boolean('shares_mailbox')
          .notNullable()
          .defaultTo(false)
          .comment('another account has the normal form of this address')
      })
      await knex.raw('create index credentials_sharing on credentials (user_id) where shares_mailbox')
      await normaliseStoredAddresses(knex)
    },
    async down(knex) {
      await knex.schema.alterTable('credentials', (table) => table.dropColumn('shares_mailbox'))
    },
  },
  {
    name: 'identity-005-answered-registrations',
    async up(knex) {
      await knex.schema.alterTable('credentials', (table) => {
        table
          .boolean('registration_answered')
          .notNullable()
          .defaultTo(true)
          .comment('false until one registration was answered with the account')
      })
    },
    async down(knex) {
      await knex.schema.alterTable('credentials', (table) => table.dropColumn('registration_answered'))
    },
  },
]
