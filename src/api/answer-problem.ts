import { send, type ErrorHandler } from './exchange.js'
import { rateLimitHeaders } from '../limits/quota.js'
import type { RequestPath } from '../requests/request-path.js'
import { asProblem, problemOf } from './problem-details.js'
import type { ProblemCode } from './problem-table.js'

const CONTENT_TYPE = 'application/problem+json; charset=utf-8'

/** Everything that was thrown on the way becomes an answer here. */
export const answerProblem =
  ({ refuse }: Pick<RequestPath, 'refuse'>): ErrorHandler =>
  (error, req, res, _next) => {
    const { requestId, route } = res.locals
    const fault = refuse(error, res.locals, { method: req.method, route })
    const problem = problemOf(fault, requestId)
    const { quota } = asProblem(fault).more
    const { status, code, retryAfterSeconds } = problem
    if (res.headersSent) {
      res.destroy()
      return
    }
    const { headers } = res.locals
    if (status === 401) headers['WWW-Authenticate'] = challengeOf(code)
    if (retryAfterSeconds !== undefined) headers['Retry-After'] = String(retryAfterSeconds)
    if (quota !== undefined) Object.assign(headers, rateLimitHeaders([quota]))
    send(res, status, problem, CONTENT_TYPE)
  }

/** RFC 6750: a token that was sent and is not accepted is named as such. */
const challengeOf = (code: ProblemCode): string =>
  code === 'invalid-token' || code === 'token-expired' ? 'Bearer error="invalid_token"' : 'Bearer'
