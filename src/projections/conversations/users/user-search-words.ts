import type { TableName } from '../../engine/projection.js'
import { indexName, indexNewNames, nameIndexSchema, removeName } from '../name-index.js'
import { newUsersIn, type ApplyContext, type BulkEvent, type Part, type Placed } from '../part.js'

/** The words by which users are found. */
export const userSearchWordsPart = {
  tables: ['user_names'],
  schema: (table: TableName): string => nameIndexSchema(table('user_names')),
  apply: {
    async ProfileChanged({ event }: Placed<'ProfileChanged'>, context: ApplyContext) {
      if (event.name !== undefined) await indexName(context.table('user_names'), event.userId, event.name, context)
    },
    UserErased: ({ event }: Placed<'UserErased'>, context: ApplyContext) =>
      removeName(context.table('user_names'), event.userId, context),
  },
  applyBulk: (events: readonly BulkEvent[], context: ApplyContext) =>
    indexNewNames(
      context.table('user_names'),
      newUsersIn(events).map(({ event: { userId, name } }) => ({ ownerId: userId, name })),
      context,
    ),
} satisfies Part
