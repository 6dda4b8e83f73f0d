import type { TableName } from '../../engine/projection.js'
import { indexName, nameIndexSchema, removeName } from '../name-index.js'
import type { ApplyContext, Part, Placed } from '../part.js'

/** The words by which users are found. */
export const userSearchWordsPart = {
  tables: ['user_names'],
  schema: (table: TableName): string => nameIndexSchema(table('user_names')),
  apply: {
    UserRegistered: ({ event }: Placed<'UserRegistered'>, context: ApplyContext) =>
      indexName(context.table('user_names'), event.userId, event.name, context),
    async ProfileChanged({ event }: Placed<'ProfileChanged'>, context: ApplyContext) {
      if (event.name !== undefined) await indexName(context.table('user_names'), event.userId, event.name, context)
    },
    UserErased: ({ event }: Placed<'UserErased'>, context: ApplyContext) =>
      removeName(context.table('user_names'), event.userId, context),
  },
} satisfies Part
