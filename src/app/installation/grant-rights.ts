import { type ClientBase, escapeIdentifier } from 'pg'
import { withClient } from '../../postgres/with-client.js'
import { StartupError } from '../startup-error.js'
import type { DatabaseKind } from './migration.js'

/** Where projections make their tables: the only schema in which the application's role may. */
export const READ_MODELS = 'read_models'

/** By default the application's role has all rights to the rows of a table; to these it has only the ones listed. */
const RIGHTS: Readonly<Record<string, string>> = {
  events: 'select, insert',
  installation: 'select',
  audit_chain: 'select, insert',
  audit_tree: 'select, insert',
  audit_checkpoints: 'select, insert',
  audit_anchors: 'select, insert',
  knex_migrations: 'select',
  knex_migrations_lock: 'select',
}
const ROWS = 'select, insert, update, delete'

/** A projection's table, by version and generation: earlier releases made these in `public`, as do databases without an owner's role. */
const READ_MODEL = /_\d+_\d+$/

/**
 * Gives the application's role the rights it needs in a migrated database, and takes all others. Safe from several processes at once.
 * @throws StartupError where the role has more rights than can be taken from it
 */
export const grantRights = (ownerUrl: string, kind: DatabaseKind, role: string): Promise<void> =>
  withClient(ownerUrl, async (owner) => {
    await refusePrivileged(owner, kind, role)
    await owner.query('begin')
    await owner.query(`select pg_advisory_xact_lock(hashtextextended('parley/migrations', 0))`)
    const name = escapeIdentifier(role)
    await grantTables(owner, name, role)
    await owner.query(`
      grant usage on all sequences in schema public to ${name};
      grant execute on all functions in schema public to ${name};
      revoke create on schema public from public, ${name};
      grant usage on schema public to ${name}`)
    if (kind === 'main')
      await owner.query(
        `create schema if not exists ${READ_MODELS}; grant usage, create on schema ${READ_MODELS} to ${name}`,
      )
    await owner.query('commit')
  })

async function refusePrivileged(owner: ClientBase, kind: DatabaseKind, role: string): Promise<void> {
  const { rows } = await owner.query<{ isPrivileged: boolean }>(
    `select rolsuper or rolcreaterole or pg_has_role(oid, current_user, 'member')
       or pg_has_role(oid, (select datdba from pg_database where datname = current_database()), 'member')
       or exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                    and relowner = pg_roles.oid and relname !~ '${READ_MODEL.source}') as "isPrivileged"
     from pg_roles where rolname = $1`,
    [role],
  )
  if (rows[0]?.isPrivileged !== true) return
  const variable = kind === 'main' ? 'DATABASE_URL' : 'KEYS_DATABASE_URL'
  throw new StartupError(
    `${variable}: the user "${role}" is an administrator of Postgres, or owns the database or its tables: name a user with neither right`,
  )
}

async function grantTables(owner: ClientBase, name: string, role: string): Promise<void> {
  const { rows } = await owner.query<{ table: string; owner: string }>(
    `select relname as table, pg_get_userbyid(relowner) as owner from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
  )
  const readModels = rows.filter(({ table }) => READ_MODEL.test(table))
  for (const { table } of rows.filter((row) => !readModels.includes(row)))
    await owner.query(`
      revoke all on public.${escapeIdentifier(table)} from ${name}, public;
      grant ${RIGHTS[table] ?? ROWS} on public.${escapeIdentifier(table)} to ${name}`)
  const foreign = readModels.filter((row) => row.owner !== role)
  if (foreign.length === 0) return
  // So that a rebuild can drop them. Their new owner needs the right to create while it becomes that.
  await owner.query(`grant create on schema public to ${name}`)
  for (const { table } of foreign) await owner.query(`alter table public.${escapeIdentifier(table)} owner to ${name}`)
}
