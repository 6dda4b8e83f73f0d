import type { Logger } from 'winston'
import { send, type ErrorHandler } from './exchange.js'
import { rateLimitHeaders } from '../limits/quota.js'
import { asProblem, problemOf } from './problem-details.js'
import type { ProblemCode } from './problem-table.js'

const CONTENT_TYPE = 'application/problem+json; charset=utf-8'

/** The edge: whatever was thrown becomes an answer here, and what nobody foresaw is logged, once. */
export const answerProblem =
  (log: Logger): ErrorHandler =>
  (error, req, res, _next) => {
    const { requestId, route } = res.locals
    const problem = problemOf(error, requestId)
    const { quota } = asProblem(error).more
    const { status, code, retryAfterSeconds } = problem
    if (status === 500) log.error('request failed', { requestId, method: req.method, route, stack: stackOf(error) })
    if (res.headersSent) {
      res.destroy()
      return
    }
    if (status === 401) res.setHeader('WWW-Authenticate', challengeOf(code))
    if (retryAfterSeconds !== undefined) res.setHeader('Retry-After', String(retryAfterSeconds))
    if (quota !== undefined) res.setHeaders(new Map(Object.entries(rateLimitHeaders([quota]))))
    send(res, status, problem, CONTENT_TYPE)
  }

/** RFC 6750: a token that was there and is no good is named as such. */
const challengeOf = (code: ProblemCode): string =>
  code === 'invalid-token' || code === 'token-expired' ? 'Bearer error="invalid_token"' : 'Bearer'

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
