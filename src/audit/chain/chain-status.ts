import type { Pool } from 'pg'

/** How much of the audit chain there is, and since when the first entry waits to be signed; null where all are. */
export interface Signing {
  entries: number
  unsignedSince: Date | null
}

export interface LastVerification {
  ok: boolean
  startedAt: Date
}

type Database = Pick<Pool, 'query'>

export async function readSigning(pool: Database): Promise<Signing> {
  const { rows } = await pool.query<{ entries: number; since: string | null }>(`
    select coalesce(head, 0)::float8 as entries,
      (select at from public.audit_chain where ordinal > coalesce(signed, 0) order by ordinal limit 1) as since
    from (select (select max(ordinal) from public.audit_chain) as head,
            (select max(ordinal) from public.audit_checkpoints) as signed) heads`)
  const [{ entries, since } = { entries: 0, since: null }] = rows
  return { entries, unsignedSince: since === null ? null : new Date(since) }
}

/** The last complete one; null where there is none. */
export async function readLastVerification(pool: Database): Promise<LastVerification | null> {
  const { rows } = await pool.query<LastVerification>(`
    select ok, started_at as "startedAt" from public.audit_verifications
    where status = 'done' order by started_at desc limit 1`)
  return rows[0] ?? null
}
