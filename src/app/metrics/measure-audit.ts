import type { Pool } from 'pg'
import type { Metrics } from '../metrics.js'
import { measure, shared } from './measure.js'

const HEADS = `
  select coalesce(head, 0)::float8 as entries,
    (select at from public.audit_chain where ordinal > coalesce(signed, 0) order by ordinal limit 1) as "unsignedSince"
  from (select (select max(ordinal) from public.audit_chain) as head,
          (select max(ordinal) from public.audit_checkpoints) as signed) heads`

const UNANCHORED = `
  select target,
    (select at from public.audit_checkpoints
     where ordinal > coalesce((select max(ordinal) from public.audit_anchors where target = t.target), 0)
     order by ordinal limit 1) as since
  from unnest($1::text[]) as t (target)`

const VERIFIED = `
  select ok, extract(epoch from started_at)::float8 as "startedAt" from public.audit_verifications
  where status = 'done' order by started_at desc limit 1`

export interface AuditSources {
  pool: Pick<Pool, 'query'>
  /** The names of the targets that checkpoints are stored at. */
  targets: readonly string[]
  clock: () => Date
}

/** How much of the audit chain is signed, stored outside, and verified. */
export function measureAudit({ measured }: Metrics, { pool, targets, clock }: AuditSources): void {
  const ageOf = (at: string | Date | null): number =>
    at === null ? 0 : Math.max(0, (clock().getTime() - new Date(at).getTime()) / 1_000)

  const heads = shared(async () => (await pool.query<{ entries: number; unsignedSince: string | null }>(HEADS)).rows)
  measure(measured.auditEntries, async () => (await heads()).map(({ entries }) => ({ value: entries })))
  measure(measured.auditUnsignedSeconds, async () =>
    (await heads()).map(({ unsignedSince }) => ({ value: ageOf(unsignedSince) })),
  )

  measure(measured.auditUnanchoredSeconds, async () => {
    const { rows } = await pool.query<{ target: string; since: string | null }>(UNANCHORED, [targets])
    return rows.map(({ target, since }) => ({ labels: { target }, value: ageOf(since) }))
  })

  const verified = shared(async () => (await pool.query<{ ok: boolean; startedAt: number }>(VERIFIED)).rows)
  measure(measured.auditVerified, async () => (await verified()).map(({ ok }) => ({ value: Number(ok) })))
  measure(measured.auditVerifiedAt, async () => (await verified()).map(({ startedAt }) => ({ value: startedAt })))
}
