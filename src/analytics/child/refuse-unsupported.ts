import type { Client } from 'pg'

const REMEDY = 'tables may create tables, with their indexes and sequences, and views on them, all with plain names'

/**
 * Refuses what could not be replaced by the next rebuild: functions, types and the like, anything outside of the generation's schema, and what
 * refers to another projection's tables. `transaction` is the one that has just made it.
 * @throws TypeError
 */
export async function refuseUnsupported(client: Client, schema: string, transaction: string): Promise<void> {
  const found = await client.query<Finding>(
    `select pg_current_xact_id()::text as transaction, (${FIRST_FINDING}) as finding`,
    [schema, transaction],
  )
  const [{ transaction: now, finding } = { transaction, finding: null }] = found.rows
  if (now !== transaction) throw new TypeError(`tables is applied in one transaction, which it must not end: ${REMEDY}`)
  if (finding !== null) throw new TypeError(`tables ${finding}: ${REMEDY}`)
}

interface Finding {
  transaction: string
  finding: string | null
}

/**
 * Every object that stands in a schema depends on it, but for those that go with a table, such as its indexes and its row type. Names of columns
 * and constraints stay out of what is found.
 */
const FIRST_FINDING = `
  select case
      when refclassid = 'pg_class'::regclass then format('refers to %s', refobjid::regclass)
      when refobjid = $1::regnamespace then format('creates %s', pg_describe_object(classid, objid, 0))
      else format('creates %s outside of its own schema', pg_describe_object(classid, objid, 0))
    end
  from pg_depend d left join pg_class c on classid = 'pg_class'::regclass and c.oid = objid
  where d.xmin = $2::xid8::xid and case refclassid
      when 'pg_namespace'::regclass then refobjid <> $1::regnamespace or c.oid is null
        or not (relkind in ('r', 'p', 'v', 'm') or relkind = 'S' and exists (
          select from pg_depend owner where owner.classid = 'pg_class'::regclass and owner.objid = c.oid
            and owner.refclassid = 'pg_class'::regclass and owner.deptype in ('a', 'i')))
      when 'pg_class'::regclass then exists (
        select from pg_class other join pg_namespace space on space.oid = other.relnamespace
        where other.oid = refobjid and nspname ~ '^analytics' and space.oid <> $1::regnamespace)
      else false
    end
  order by refclassid = 'pg_class'::regclass limit 1`
