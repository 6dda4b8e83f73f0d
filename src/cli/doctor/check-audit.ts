import type { Pool } from 'pg'
import { readProtection, weaknessOf } from '../../audit/chain/protection.js'
import { describeWeakness } from './describe-weakness.js'
import { failed, type Finding, ok, warning } from './finding.js'

interface Chain {
  entries: number
  unsigned_seconds: number
  verified: boolean | null
  verified_at: Date | null
}

/** Several times the longest usual `AUDIT_CHECKPOINT_SECONDS`. */
const MAX_UNSIGNED_SECONDS = 3_600

/** How the audit chain is protected, whether it is signed, and what its last verification found. */
export async function checkAudit(pool: Pool): Promise<Finding[]> {
  const weakness = weaknessOf(await readProtection(pool))
  const report = weakness === 'shared-database-role' ? warning : failed
  return [...(weakness === null ? [] : [report('audit chain', describeWeakness(weakness))]), await checkChain(pool)]
}

async function checkChain(pool: Pool): Promise<Finding> {
  const { rows } = await pool.query<Chain>(`
    select (select coalesce(max(ordinal), 0) from public.audit_chain)::float8 as entries,
      coalesce(extract(epoch from now() - (
        select at::timestamptz from public.audit_chain
        where ordinal > (select coalesce(max(ordinal), 0) from public.audit_checkpoints) order by ordinal limit 1
      )), 0)::float8 as unsigned_seconds, last.ok as verified, last.started_at as verified_at
    from (select 1) one left join (
      select ok, started_at from public.audit_verifications where status = 'done' order by started_at desc limit 1
    ) last on true`)
  const [{ entries, unsigned_seconds: unsigned, verified, verified_at: at } = noChain] = rows
  if (verified === false)
    return failed('audit chain', 'its last verification found a difference: "parley audit verify"')
  if (unsigned > MAX_UNSIGNED_SECONDS)
    return warning('audit chain', `nothing was signed for ${Math.round(unsigned / 60)} minutes: does a node run?`)
  const last = at === null ? 'never verified: "parley audit verify"' : `verified on ${at.toISOString()}`
  return ok('audit chain', `${entries} entries, ${last}`)
}

const noChain: Chain = { entries: 0, unsigned_seconds: 0, verified: null, verified_at: null }
