import type { SecurityEvents } from '../security/security-events.js'
import type { SecurityKind } from '../domain/security/events.js'
import type { ErrorHandler } from './exchange.js'
import { asProblem } from './problem-details.js'
import type { ProblemCode } from './problem-table.js'

/** Refusals that somebody may want to know of; those of limits and of passwords are told where they are made. */
const WATCHED: Partial<Record<ProblemCode, SecurityKind>> = {
  'not-authorized': 'access-refused',
  'not-for-bots': 'access-refused',
  'invalid-token': 'token-refused',
}

/** Tells of who was refused what they have no right to, on the way to the answer. */
export const watchRefusals =
  (security: SecurityEvents): ErrorHandler =>
  (error, _req, res, next) => {
    const { client, claims } = res.locals
    const type = WATCHED[asProblem(error).code]
    if (type !== undefined) security.record({ type, ...client, ...(claims !== undefined && { userId: claims.userId }) })
    next(error)
  }
