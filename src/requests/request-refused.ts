import type { Refusal } from '../limits/quota.js'

/** Why: a code, a rejected command, or a rate limit with all that its answer tells. */
export type RefusalReason = { code: string } | { kind: 'rejected'; rejection: { code: string } } | Refusal

/** Ends a request that must not go on; the edge maps its reason to a problem. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  constructor(readonly reason: RefusalReason) {
    super('request refused')
  }
}
