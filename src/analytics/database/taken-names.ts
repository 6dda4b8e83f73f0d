import type { ClientBase } from 'pg'
import { SCHEMA } from './schemas.js'

/** A table, view, index or sequence of this name stands in schema `analytics` already, and is not of the projection that is built. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError'
  readonly code = 'name-taken'

  constructor(relation: string, projection: string | null) {
    const whose = projection === null ? 'of no projection' : `of the projection ${projection}`
    super(`analytics.${relation} exists already and is ${whose}: choose another name for it in tables`)
  }
}

/** An index or a sequence is of the projection that has its table. @throws NameTakenError */
export async function refuseTakenNames(tx: ClientBase, schema: string, name: string): Promise<void> {
  const { rows } = await tx.query<{ relation: string; projection: string | null }>(
    `select * from (
       select made.relname as relation,
         (select name from analytics_build.checkpoints
          where schema = '${SCHEMA}' and coalesce(base.relname, there.relname) = any (relations)) as projection
       from pg_class made
       join pg_class there on there.relname = made.relname and there.relnamespace = '${SCHEMA}'::regnamespace
       left join pg_index on indexrelid = there.oid
       left join pg_depend owned on classid = 'pg_class'::regclass and objid = there.oid and there.relkind = 'S'
         and refclassid = 'pg_class'::regclass and deptype in ('a', 'i')
       left join pg_class base on base.oid = coalesce(indrelid, refobjid)
       where made.relnamespace = $1::regnamespace
     ) taken where projection is distinct from $2 order by relation limit 1`,
    [schema, name],
  )
  const [taken] = rows
  if (taken !== undefined) throw new NameTakenError(taken.relation, taken.projection)
}
