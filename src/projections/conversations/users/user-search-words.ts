import type { TableName } from '../../engine/projection.js'
import { indexName, indexNewNames, nameIndexSchema, removeName } from '../name-index.js'
import { newUsersIn, type ApplyContext, type BulkEvent, type Part, type Placed } from '../part.js'

/** The words by which users are found. */
export const userSearchWordsPart = {
  tables: ['user_names'],
  schema: (table: TableName): string => nameIndexSchema(table('user_names')),
  apply: {
    async ProfileChanged({ event }: Placed<'ProfileChanged'>, context: ApplyContext) {
      if (event.name !== undefined && !(await isHidden(event.userId, context)))
        await indexName(context.table('user_names'), event.userId, event.name, context)
    },
    UserErasureRequested: removeNames,
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

/** By a change that was under way when the account was closed. */
async function isHidden(userId: string, { tx, table }: ApplyContext): Promise<boolean> {
  const text = `select from ${table('users')} where id = $1 and is_hidden`
  return (await tx.query(text, [userId])).rowCount === 1
}

/** Of the user and their bots. */
async function removeNames({ event }: Placed<'UserErasureRequested'>, { tx, table }: ApplyContext): Promise<void> {
  await tx.query(
    `delete from ${table('user_names')} where owner_id in (select id from ${table('users')} where id = $1 or owner_id = $1)`,
    [event.userId],
  )
}
