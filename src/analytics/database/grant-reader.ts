import { type ClientBase, escapeIdentifier, type Pool } from 'pg'
import { inTransaction } from '../../postgres/transaction.js'
import { readerRole } from './role-names.js'
import { SCHEMA } from './schemas.js'

/**
 * Lets the reading role, where there is one, read what is in schema `analytics`. Tables bring the right from the schema in which they are built,
 * whose name the role cannot use.
 */
export const grantReader = (pool: Pool): Promise<void> =>
  inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ reader: string }>(
      `select pg_advisory_xact_lock(hashtext('parley/analytics')), rolname as reader from pg_roles where rolname = $1`,
      [await readerOf(tx)],
    )
    const [found] = rows
    if (found === undefined) return
    const reader = escapeIdentifier(found.reader)
    await tx.query(`
      grant usage on schema ${SCHEMA} to ${reader};
      alter default privileges grant select on tables to ${reader}`)
    await grantOlder(tx, found.reader)
  })

/** Tables that were built before there was the role. A grant to one that is being replaced would fail, so none is repeated. */
async function grantOlder(tx: ClientBase, reader: string): Promise<void> {
  const { rows } = await tx.query<{ table: string }>(
    `select format('%I.%I', '${SCHEMA}', relname) as table from pg_class
     where relnamespace = '${SCHEMA}'::regnamespace and relkind in ('r', 'p', 'v', 'm') and not has_table_privilege($1, oid, 'select')`,
    [reader],
  )
  for (const { table } of rows) await tx.query(`grant select on ${table} to ${escapeIdentifier(reader)}`)
}

async function readerOf(tx: ClientBase): Promise<string> {
  const { rows } = await tx.query<{ role: string }>('select current_user as role')
  return readerRole(rows[0]?.role ?? '')
}
