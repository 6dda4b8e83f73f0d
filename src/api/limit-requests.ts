import { rateLimitHeaders } from '../limits/quota.js'
import type { RequestLimits } from '../limits/request-limits.js'
import type { ErrorHandler, Handler } from './exchange.js'
import { asProblem } from './problem-details.js'
import type { Counted } from './route.js'

/** For routes that do not count at all. */
const isCounted: Handler = (_req, res, next) => {
  res.locals.isCounted = true
  next()
}

/** Before a message, which has a limit of its own: that does not count what is refused. */
const limitMessages =
  (limits: RequestLimits): Handler =>
  (_req, res, next) => {
    const { client, claims } = res.locals
    res.locals.isCounted = true
    res.locals.isMessage = true
    const refusal = claims === undefined ? null : limits.refusalOfMessage(client, claims.userId)
    next(refusal === null ? undefined : asProblem(refusal))
  }

/** Counts a request for who asks: the person, or the address of those who have not said. */
const limitRequests =
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

/** What counts requests, by what they count as. */
export const limitsOf = (limits: RequestLimits): Readonly<Record<Counted, Handler>> => ({
  request: limitRequests(limits),
  message: limitMessages(limits),
  nothing: isCounted,
})

/** What no route took, or who was not let in, counts too: for the address, whatever the token says. And so does a refused message. */
export const limitRefused =
  (limits: RequestLimits): ErrorHandler =>
  (error, _req, res, next) => {
    const { isMessage, claims } = res.locals
    if (isMessage && claims !== undefined) limits.takeRefusedMessage(claims.userId)
    const taken = res.locals.isCounted ? null : limits.take(res.locals.client, null)
    next(taken !== null && 'retryAfterMs' in taken ? asProblem(taken) : error)
  }
