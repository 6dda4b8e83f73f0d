import type { TableName } from '../../engine/projection.js'
import type { ApplyContext, Part, Placed } from '../part.js'

/** The seqs of deleted messages: they are unread for nobody. */
export const deletedSeqsPart = {
  tables: ['deleted_seqs'],
  schema: (table: TableName): string => `
    create table ${table('deleted_seqs')} (
      chat_id uuid not null,
      seq integer not null,
      primary key (chat_id, seq)
    );`,
  apply: {
    async MessageDeleted({ event, chatId }: Placed<'MessageDeleted'>, { tx, table }: ApplyContext) {
      await tx.query({
        name: `insert ${table('deleted_seqs')}`,
        text: `insert into ${table('deleted_seqs')} (chat_id, seq)
               select $1, seq from ${table('messages')} where id = $2 on conflict do nothing`,
        values: [chatId, event.messageId],
      })
    },
  },
} satisfies Part
