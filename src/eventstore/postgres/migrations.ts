import type { Knex } from 'knex'
import { appendFunction } from './append-function.js'
import { firstAppendFunction } from './first-append-function.js'
import { secondAppendFunction } from './second-append-function.js'

export const logMigrations: { name: string; up(knex: Knex): Promise<void>; down(knex: Knex): Promise<void> }[] = [
  {
    name: 'log-001-events',
    async up(knex) {
      await knex.raw(`
        create table events (
          "position" bigint primary key,
          stream text not null,
          version int not null,
          id uuid not null,
          type text not null,
          data text not null,
          metadata text not null,
          unique (stream, version)
        )`)
      await knex.raw(firstAppendFunction)
    },
    async down(knex) {
      await knex.raw('drop function append_events(text)')
      await knex.raw('drop table events')
    },
  },
  {
    name: 'log-002-append-by-sets',
    async up(knex) {
      await knex.raw('drop function append_events(text)')
      await knex.raw(secondAppendFunction)
    },
    async down(knex) {
      await knex.raw('drop function append_events(text, text)')
      await knex.raw(firstAppendFunction)
    },
  },
  {
    name: 'log-003-append-in-texts',
    // The function before it stays: nodes of the release before append by it during a rolling deploy.
    async up(knex) {
      await knex.raw(appendFunction)
    },
    async down(knex) {
      await knex.raw('drop function append_events(text, text, text, text)')
    },
  },
]
