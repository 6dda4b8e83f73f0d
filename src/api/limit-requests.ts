import { rateLimitHeaders } from '../limits/quota.js'
import type { RequestLimits } from '../limits/request-limits.js'
import type { ErrorHandler, Handler } from './exchange.js'
import { asProblem } from './problem-details.js'

/** For routes that count by themselves, or not at all. */
export const isCounted: Handler = (_req, res, next) => {
  res.locals.isCounted = true
  next()
}

/** Counts a request for who asks: the person, or the address of those who have not said. */
export const limitRequests =
  (limits: RequestLimits): Handler =>
  (_req, res, next) => {
    const { client, claims } = res.locals
    res.locals.isCounted = true
    const taken = limits.take(client, claims?.userId ?? null)
    if (taken === null) {
      next()
    } else if ('retryAfterMs' in taken) {
      next(asProblem(taken))
    } else {
      const headers = rateLimitHeaders([taken])
      for (const name in headers) res.setHeader(name, headers[name] ?? '')
      next()
    }
  }

/** What no route took, or who was not let in, counts too: for the address, whatever the token says. */
export const limitRefused =
  (limits: RequestLimits): ErrorHandler =>
  (error, _req, res, next) => {
    const taken = res.locals.isCounted ? null : limits.take(res.locals.client, null)
    next(taken !== null && 'retryAfterMs' in taken ? asProblem(taken) : error)
  }
