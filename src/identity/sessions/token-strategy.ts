import { ExtractJwt, Strategy } from 'passport-jwt'
import { claimsOf, type TokenRefusal, type Tokens } from './tokens.js'

/** Why passport refuses a request that carried a token; its `info`. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
  constructor(readonly code: TokenRefusal['code']) {
    super(code)
  }
}

/**
 * The passport strategy of bearer tokens; the request's `user` is the token's Claims. What `verify` refuses gets no key, so that
 * REST and sockets agree on every token, by the same clock: passport-jwt's own look at the time is left out.
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
        // jsonwebtoken takes a KeyObject, and is slow with anything else; passport-jwt's types do not know.
        else done(null, tokens.keyOf(token) as unknown as Buffer)
      },
    },
    (payload: unknown, done) => done(null, claimsOf(payload)),
  )
