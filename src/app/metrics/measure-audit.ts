import type { Pool } from 'pg'
import { readLastVerification, readSigning } from '../../audit/chain/chain-status.js'
import type { Metrics } from '../metrics.js'
import { measure, shared } from './measure.js'

const UNANCHORED = `
  select target,
    (select at from public.audit_checkpoints
     where ordinal > coalesce((select max(ordinal) from public.audit_anchors where target = t.target), 0)
     order by ordinal limit 1) as since
  from unnest($1::text[]) as t (target)`

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

  const signing = shared(() => readSigning(pool))
  measure(measured.auditEntries, async () => [{ value: (await signing()).entries }])
  measure(measured.auditUnsignedSeconds, async () => [{ value: ageOf((await signing()).unsignedSince) }])

  measure(measured.auditUnanchoredSeconds, async () => {
    const { rows } = await pool.query<{ target: string; since: string | null }>(UNANCHORED, [targets])
    return rows.map(({ target, since }) => ({ labels: { target }, value: ageOf(since) }))
  })

  const verified = shared(async () => [await readLastVerification(pool)].filter((last) => last !== null))
  measure(measured.auditVerified, async () => (await verified()).map(({ ok }) => ({ value: Number(ok) })))
  measure(measured.auditVerifiedAt, async () =>
    (await verified()).map(({ startedAt }) => ({ value: startedAt.getTime() / 1_000 })),
  )
}
