import type { KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import passport from 'passport'
import { ExtractJwt, Strategy } from 'passport-jwt'
import type { RequestHandler } from 'express'

export interface Caller {
  userId: string
}

export interface Tokens {
  issue(userId: string): string
  /** Null for a bad one. */
  verify(token: string): Caller | null
  /** Lets in who has a good one; `req.user` is a `Caller`. */
  authenticate: RequestHandler
}

const ALGORITHM = 'HS256'

export function createTokens(key: KeyObject): Tokens {
  const authenticator = new passport.Authenticator()
  const options = {
    jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
    secretOrKey: key as unknown as string, // the types know texts only; a text would first be tried as a public key
  }
  authenticator.use(
    new Strategy({ ...options, algorithms: [ALGORITHM] }, ({ sub }: { sub: string }, done) => {
      done(null, { userId: sub })
    }),
  )
  return {
    issue: (userId) => jwt.sign({ sub: userId }, key, { algorithm: ALGORITHM, expiresIn: '1d' }),
    verify(token) {
      try {
        const { sub = '' } = jwt.verify(token, key, { algorithms: [ALGORITHM] }) as { sub?: string }
        return { userId: sub }
      } catch {
        return null
      }
    },
    authenticate: authenticator.authenticate('jwt', { session: false }) as RequestHandler,
  }
}
