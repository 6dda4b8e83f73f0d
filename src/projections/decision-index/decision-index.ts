import type { Pool } from 'pg'
import { idOf } from '../../domain/streams.js'
import type { RecordedEvent } from '../../eventstore/event-log.js'
import type { EventReader } from '../../privacy/event-reader.js'
import type { OpenProjection } from '../engine/open-projection.js'
import { checkpointOf, perGeneration, type GenerationTables } from '../engine/per-generation.js'
import {
  applyToKnownMessages,
  changesKnownMessage,
  insertSent,
  knownMessagesSchema,
  lookUpMessages,
  sentRowsIn,
  type FoldedRecord,
} from './known-messages.js'
import type { Projection, TableName } from '../engine/projection.js'

/**
 * For each command with a client's key: the stream and version of its first event, and its fingerprint, kept for ever, so that a repeat is
 * recognised. Commands without a key cannot be repeated, and are not kept. For each message: what rules about it read.
 */
export function createDecisionIndexProjection(reader: EventReader): Projection {
  const foldAll = (batch: readonly RecordedEvent[]): FoldedRecord[] =>
    batch.map((recorded) => ({ recorded, ...reader.decode(recorded) }))
  return {
    name: 'decision_index',
    neverStops: 'every command would read what it lacks from the log',
    version: 2,
    tables: ['commands', 'known_messages', 'known_reactions'],
    schema: (table) => `
      create table ${table('commands')} (
        command_id uuid primary key,
        stream text not null,
        version integer not null,
        fingerprint text not null
      );
      ${knownMessagesSchema(table)}`,
    pageQueries(batch, table, parameter) {
      const folded = foldAll(batch)
      if (folded.some(changesKnownMessage)) return Promise.resolve(null)
      const hasMoved = 'where exists (select from moved)'
      const commands = insertCommands(table, parameter(JSON.stringify(folded.flatMap(rowOf))), hasMoved)
      const messages = insertSent(table, parameter(JSON.stringify(sentRowsIn(folded))))
      return Promise.resolve([`recorded as (${commands})`, `sent as (${messages} ${hasMoved})`])
    },
    async apply(batch, tx, table) {
      const folded = foldAll(batch)
      const rows = folded.flatMap(rowOf)
      if (rows.length > 0) {
        await tx.query({
          name: `insert ${table('commands')}`,
          text: insertCommands(table, '$1'),
          values: [JSON.stringify(rows)],
        })
      }
      await applyToKnownMessages(folded, tx, table)
    },
  }
}

const insertCommands = (table: TableName, json: string, condition = ''): string => `
  insert into ${table('commands')} (command_id, stream, version, fingerprint)
  select * from json_to_recordset(${json}) as row(command_id uuid, stream text, version integer, fingerprint text)
  ${condition} on conflict (command_id) do nothing`

function rowOf({ recorded, metadata: { commandId, fingerprint } }: FoldedRecord): object[] {
  if (fingerprint === undefined) return []
  return [{ command_id: commandId, stream: recorded.stream, version: recorded.version, fingerprint }]
}

interface LookedUp {
  position: string
  command_id: string | null
  stream: string
  version: number
  fingerprint: string
}

/** Rows and checkpoint in one statement, and so of one snapshot. */
export const createDecisionIndex = (pool: Pool, open: OpenProjection) =>
  perGeneration(pool, open, (tables) => queriesOf(pool, tables))

function queriesOf(pool: Pool, { table, checkpoint }: GenerationTables) {
  return {
    /** The entities are messages of chats. */
    lookUpEntities: (questions: readonly { stream: string; entityId: string; userId: string | null }[]) =>
      lookUpMessages(
        questions.map(({ stream, entityId, userId }) => ({ chatId: idOf(stream), messageId: entityId, userId })),
        pool,
        { table, checkpoint },
      ),
    async lookUp(commandIds: readonly string[]) {
      const { rows } = await pool.query<LookedUp>({
        name: `look up ${table('commands')}`,
        text: `select p.position, c.* from (${checkpoint}) p
               left join ${table('commands')} c on c.command_id = any($1::uuid[])`,
        values: [commandIds],
      })
      const found = rows.flatMap(({ command_id, stream, version, fingerprint }) =>
        command_id === null ? [] : [[command_id, { stream, version, fingerprint }] as const],
      )
      return { found: new Map(found), checkpoint: checkpointOf(rows) }
    },
  }
}
