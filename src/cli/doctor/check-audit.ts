import type { Pool } from 'pg'
import { readLastVerification, readSigning } from '../../audit/chain/chain-status.js'
import { readProtection, weaknessOf } from '../../audit/chain/protection.js'
import { describeWeakness } from './describe-weakness.js'
import { failed, type Finding, ok, warning } from './finding.js'

/** Several times the longest usual `AUDIT_CHECKPOINT_SECONDS`. */
const MAX_UNSIGNED_SECONDS = 3_600

/** How the audit chain is protected, whether it is signed, and what its last verification found. */
export async function checkAudit(pool: Pool): Promise<Finding[]> {
  const weakness = weaknessOf(await readProtection(pool))
  const report = weakness === 'shared-database-role' ? warning : failed
  return [...(weakness === null ? [] : [report('audit chain', describeWeakness(weakness))]), await checkChain(pool)]
}

async function checkChain(pool: Pool): Promise<Finding> {
  const [{ entries, unsignedSince }, last] = await Promise.all([readSigning(pool), readLastVerification(pool)])
  if (last?.ok === false)
    return failed('audit chain', 'its last verification found a difference: "parley audit verify"')
  const unsigned = unsignedSince === null ? 0 : (Date.now() - unsignedSince.getTime()) / 1_000
  if (unsigned > MAX_UNSIGNED_SECONDS)
    return warning('audit chain', `nothing was signed for ${Math.round(unsigned / 60)} minutes: does a node run?`)
  const verified =
    last === null ? 'never verified: "parley audit verify"' : `verified on ${last.startedAt.toISOString()}`
  return ok('audit chain', `${entries} entries, ${verified}`)
}
