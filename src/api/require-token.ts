import { createHash, timingSafeEqual } from 'node:crypto'
import type { Handler } from './exchange.js'
import { ProblemError } from './problem-details.js'

/** Lets in who sends this very token as a bearer; equal hashes compare in the same time wherever they differ. */
export function requireToken(token: string): Handler {
  const expected = digest(token)
  return (req, _res, next) => {
    const [scheme = '', given] = (req.headers.authorization ?? '').split(' ')
    if (scheme.toLowerCase() !== 'bearer' || given === undefined) throw new ProblemError('token-missing')
    if (!timingSafeEqual(digest(given), expected)) throw new ProblemError('invalid-token')
    next()
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
