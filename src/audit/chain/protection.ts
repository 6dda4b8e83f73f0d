import type { Pool } from 'pg'

/** How well the chain is protected, and whether an event in it was not written by Parley. */
export interface Protection {
  /** Whether an event was entered whose MAC is wrong. */
  hasForgedEvent: boolean
  /** Whether triggers refuse changes of each table. */
  hasTriggers: boolean
  /** Whether the application's role could take these triggers away, or change rows without them. */
  isRoleTooStrong: boolean
}

const PROTECTION = `
  select exists (select from public.audit_chain where not is_authentic) as "hasForgedEvent",
    count(t.oid) = count(*) as "hasTriggers",
    bool_or(has_table_privilege(c.oid, 'update, delete, truncate') or pg_has_role(c.relowner, 'member')) as "isRoleTooStrong"
  from unnest(array['audit_chain', 'audit_tree', 'audit_checkpoints', 'audit_anchors']) as name
  join pg_class c on c.oid = ('public.' || name)::regclass
  left join pg_trigger t on t.tgrelid = c.oid and t.tgname = 'append_only' and t.tgenabled = 'O'`

export async function readProtection(pool: Pick<Pool, 'query'>): Promise<Protection> {
  const { rows } = await pool.query<Protection>(PROTECTION)
  return rows[0] ?? { hasForgedEvent: false, hasTriggers: false, isRoleTooStrong: true }
}

/** The worst there is: a code; null where all is well. */
export function weaknessOf({ hasForgedEvent, hasTriggers, isRoleTooStrong }: Protection): Weakness | null {
  if (hasForgedEvent) return 'event-forged'
  if (!hasTriggers) return 'triggers-missing'
  return isRoleTooStrong ? 'shared-database-role' : null
}

export type Weakness = 'event-forged' | 'triggers-missing' | 'shared-database-role'

/** @throws Error with a weakness as its code */
export async function checkProtection(pool: Pick<Pool, 'query'>): Promise<void> {
  const weakness = weaknessOf(await readProtection(pool))
  if (weakness !== null) throw Object.assign(new Error(weakness), { code: weakness })
}
