import { type ClientBase, escapeIdentifier, type Pool } from 'pg'
import { inTransaction } from '../../postgres/transaction.js'
import { readerRole } from './role-names.js'
import { BUILD_SCHEMA, SCHEMA } from './schemas.js'

/** Of Parley itself. */
const OWN_TABLES = ['checkpoints', 'generations', 'leases', 'stopped', 'comparisons']

/**
 * Lets the reading role, where there is one, see schema `analytics` and nothing else: of the schema in which tables are built it cannot use
 * the name, and Parley's own tables are not for it.
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
      alter default privileges in schema ${SCHEMA} grant select on tables to ${reader};
      alter default privileges in schema ${BUILD_SCHEMA} grant select on tables to ${reader};
      revoke all on ${OWN_TABLES.map((table) => `${SCHEMA}.${table}`).join()} from ${reader}`)
  })

async function readerOf(tx: ClientBase): Promise<string> {
  const { rows } = await tx.query<{ role: string }>('select current_user as role')
  return readerRole(rows[0]?.role ?? '')
}
