import { type Client, escapeIdentifier, escapeLiteral } from 'pg'
import { withClient } from '../../postgres/with-client.js'
import { readerRole } from './role-names.js'
import { BUILD_SCHEMA, SCHEMA } from './schemas.js'

/**
 * Makes the role of `analyticsUrl`, the role that reads, the schemas and the function that makes one for each build, as far as they are missing
 * and `ownerUrl` has the right to. Safe from several processes at once.
 */
export const prepareSchemas = (ownerUrl: string, analyticsUrl: string): Promise<void> =>
  withClient(ownerUrl, async (owner) => {
    const { username, password } = new URL(analyticsUrl)
    const role = decodeURIComponent(username)
    await owner.query('begin')
    await owner.query(`select pg_advisory_xact_lock(hashtextextended('parley/migrations', 0))`)
    if (await mayMakeRoles(owner)) {
      await makeRole(owner, role, `login password ${escapeLiteral(decodeURIComponent(password))}`)
      await makeRole(owner, readerRole(role), 'nologin')
    }
    for (const schema of [SCHEMA, BUILD_SCHEMA]) await makeSchema(owner, schema, role)
    await makeFunction(owner, escapeIdentifier(role))
    await owner.query('commit')
  })

async function mayMakeRoles(owner: Client): Promise<boolean> {
  const { rows } = await owner.query<{ mayMake: boolean }>(
    `select rolsuper or rolcreaterole as "mayMake" from pg_roles where rolname = current_user`,
  )
  return rows[0]?.mayMake === true
}

async function makeRole(owner: Client, role: string, options: string): Promise<void> {
  const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role])
  if (rowCount === 0) await owner.query(`create role ${escapeIdentifier(role)} ${options}`)
}

async function makeSchema(owner: Client, schema: string, role: string): Promise<void> {
  const { rowCount } = await owner.query('select from pg_namespace where nspname = $1', [schema])
  if (rowCount === 0) await owner.query(`create schema ${schema} authorization ${escapeIdentifier(role)}`)
}

/** It lets the role have schemas for builds, and no other ones: the right to create schemas would reach the whole database. */
async function makeFunction(owner: Client, role: string): Promise<void> {
  const { rowCount } = await owner.query(
    `select where to_regprocedure('${BUILD_SCHEMA}.create_schema(bigint)') is null
       and has_schema_privilege('${BUILD_SCHEMA}', 'create') and has_database_privilege(current_database(), 'create')`,
  )
  if (rowCount === 0) return
  await owner.query(`
    create function ${BUILD_SCHEMA}.create_schema(number bigint) returns text
      language plpgsql security definer set search_path = pg_catalog, pg_temp
      as $$ begin
        execute format('create schema ${BUILD_SCHEMA}_%s authorization ${role}', number);
        return format('${BUILD_SCHEMA}_%s', number);
      end $$;
    revoke all on function ${BUILD_SCHEMA}.create_schema from public;
    grant execute on function ${BUILD_SCHEMA}.create_schema to ${role}`)
}
