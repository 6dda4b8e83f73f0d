/** The file of a new projection, to be changed by its author. It counts the messages of each chat. */
export const projectionTemplate = (
  name: string,
): string => `// An analyst's projection: what it is and how it runs is in docs/projections.md.

/** @import { ProjectionEvent, Sql } from 'parley/projections' */

// Raise it whenever the tables or the meaning of their rows change. The tables are then built again from the start, beside the old ones.
export const version = 1

// The types of the events that apply receives. docs/events.md lists all of them, with their fields.
export const events = ['MessageSent']

// Creates the tables, empty. Analysts find them in schema analytics.
export const tables = \`
  create table ${tableOf(name)} (
    chat_id uuid primary key,
    messages integer not null,
    last_at timestamptz not null
  )\`

/**
 * Applies events in the order in which they were recorded. Everything in one call is one transaction: it counts as a whole, or not at all.
 * Where it fails, the projection pauses at the event; repair the file, then run: parley projections retry ${name}
 *
 * @param {ProjectionEvent<'MessageSent'>[]} events each { id, type, stream, chatId, version, position, at, userId, data }
 * @param {Sql} sql runs one statement; values in \${…} become parameters, and await gives the rows
 */
export async function apply(events, sql) {
  for (const { chatId, at } of events)
    await sql\`
      insert into ${tableOf(name)} (chat_id, messages, last_at) values (\${chatId}, 1, \${at})
      on conflict (chat_id) do update set messages = ${tableOf(name)}.messages + 1, last_at = excluded.last_at\`
}
`

/** Its test, for `node --test`. */
export const testTemplate = (name: string): string => `// Run it with: node --test ${name}.test.mjs
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event, given } from 'parley/projections/testing'
import * as projection from './${name}.mjs'

test('counts the messages of a chat', async () => {
  const events = [event('MessageSent', { seq: 1 }), event('MessageSent', { seq: 2 })]
  const rows = await given(projection, events).rows('select messages from ${tableOf(name)}')
  assert.deepEqual(rows, [{ messages: 2 }])
})
`

const tableOf = (name: string): string => name.replaceAll('-', '_')
