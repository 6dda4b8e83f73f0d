import { ExtractJwt, Strategy } from 'passport-jwt'
import { claimsOf, type TokenRefusal, type Tokens } from './tokens.js'

/** Passport's `info` when it refuses a token. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
  constructor(readonly code: TokenRefusal['code']) {
    super(code)
  }
}

/**
 * The passport strategy for bearer tokens; the request's `user` is the token's Claims. A token that `verify` refuses gets no key, so that
 * REST and sockets agree on every token and by the same clock; passport-jwt's own expiry check is off.
 */
export const createTokenStrategy = (tokens: Tokens): Strategy =>
  new Strategy(
    {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      algorithms: ['HS256'],
      ignoreExpiration: true,
      secretOrKeyProvider(_request: unknown, token: string, done) {
        const verified = tokens.verify(token)
        if ('code' in verified) done(new TokenRefused(verified.code))
        // jsonwebtoken accepts a KeyObject, and is slow with anything else; passport-jwt's types do not list it.
        else done(null, tokens.keyOf(token) as unknown as Buffer)
      },
    },
    (payload: unknown, done) => done(null, claimsOf(payload)),
  )
