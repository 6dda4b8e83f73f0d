import type { Pool } from 'pg'
import { BUILD_SCHEMA, SCHEMA } from './schemas.js'

/** What keeps analysts' projections from running by this role, as a phrase; null where it is as it must be. */
export async function findRoleProblem(pool: Pool): Promise<string | null> {
  const { rows } = await pool.query<RoleFacts>(
    `select current_user as role,
       (select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication from pg_roles where rolname = current_user)
         or has_database_privilege(current_database(), 'create') as "isPrivileged",
       (select count(*)::int from pg_namespace where nspname = any ($1) and nspowner = current_user::regrole) as schemas,
       to_regprocedure($3) is not null as "canBuild",
       (select format('%I.%I', nspname, relname) from pg_class join pg_namespace space on space.oid = relnamespace
        where relkind in ('r', 'p', 'v', 'm', 'f') and nspname <> all ($1)
          and nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and nspname !~ '^pg_(toast_)?temp_'
          and not (nspname ~ $2 and nspowner = current_user::regrole)
          and has_schema_privilege(space.oid, 'usage') and has_table_privilege(pg_class.oid, 'select, insert, update, delete, truncate')
        limit 1) as foreign`,
    [[SCHEMA, BUILD_SCHEMA], `^${BUILD_SCHEMA}_\\d+$`, `${BUILD_SCHEMA}.create_schema(bigint)`],
  )
  const [facts] = rows
  if (facts === undefined) return null
  const { role, isPrivileged, schemas, canBuild, foreign } = facts
  if (isPrivileged)
    return `the user "${role}" is an administrator of Postgres or may make schemas: name one that owns nothing but ${SCHEMA} and ${BUILD_SCHEMA}`
  if (foreign !== null)
    return `the user "${role}" can reach ${foreign}: name one that reaches nothing but ${SCHEMA} and ${BUILD_SCHEMA}`
  if (schemas < 2)
    return `the user "${role}" does not own the schemas ${SCHEMA} and ${BUILD_SCHEMA}: create them, as docs/projections.md says`
  if (!canBuild) return `the function ${BUILD_SCHEMA}.create_schema is missing: create it, as docs/projections.md says`
  return null
}

interface RoleFacts {
  role: string
  isPrivileged: boolean
  schemas: number
  canBuild: boolean
  foreign: string | null
}
