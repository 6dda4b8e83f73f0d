import { createHash, timingSafeEqual } from 'node:crypto'
import { bearerTokenOf } from '../requests/authenticate.js'
import type { Handler, Request } from './exchange.js'
import { ProblemError } from './problem-details.js'

/** Whether a request bears this very token; equal hashes compare in the same time wherever they differ. */
export function createTokenCheck(token: string): (request: Pick<Request, 'headers'>) => boolean {
  const expected = digest(token)
  return ({ headers }) => {
    const given = /^bearer /i.test(headers.authorization ?? '')
      ? headers.authorization?.slice('Bearer '.length)
      : undefined
    return given !== undefined && timingSafeEqual(digest(given), expected)
  }
}

/** Admits requests that bear this very token. */
export function requireToken(token: string): Handler {
  const bearsToken = createTokenCheck(token)
  return (req, _res, next) => {
    if (bearerTokenOf(req.headers.authorization) === null) throw new ProblemError('token-missing')
    if (!bearsToken(req)) throw new ProblemError('invalid-token')
    next()
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
