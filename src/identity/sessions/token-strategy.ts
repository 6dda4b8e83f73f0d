import { createBoundedCache } from '../../async/bounded-cache.js'
import { ExtractJwt, Strategy } from 'passport-jwt'
import type { SessionCheck, SessionRefusal } from './session-check.js'
import { claimsOf, type Claims, type TokenRefusal, type Tokens } from './tokens.js'

const MAX_REMEMBERED = 10_000

/** Passport's `info` when a strategy refuses a token. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
  constructor(readonly code: TokenRefusal['code'] | SessionRefusal['code']) {
    super(code)
  }
}

/**
 * The passport strategy for access tokens; the request's `user` is the token's Claims. A token that `verify` refuses gets no key, so that
 * REST and sockets agree on every token and by the same clock; passport-jwt's own expiry check is off.
 *
 * passport-jwt verifies each token once, since that costs about a fifth of a send. From then on `tokens.verify` alone is asked, which
 * remembers the claims and when they expire. Whether the session still exists is checked each time.
 */
class TokenStrategy extends Strategy {
  override readonly name = 'user-token'
  private readonly accepted = createBoundedCache<string, true>(MAX_REMEMBERED)

  constructor(
    private readonly tokens: Tokens,
    private readonly sessionCheck: SessionCheck,
  ) {
    super(
      {
        jwtFromRequest: bearerToken,
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
  }

  override authenticate(request: Parameters<Strategy['authenticate']>[0]): void {
    const token = bearerToken(request) ?? ''
    const claims = this.accepted.has(token) ? this.tokens.verify(token) : null
    if (claims === null) this.verifyFirst(request, token)
    else if ('code' in claims) this.fail(new TokenRefused(claims.code), 401)
    else void this.checkSession(claims)
  }

  /** Passport makes an object of its own for each attempt, so what is set here is this attempt's. */
  private verifyFirst(request: Parameters<Strategy['authenticate']>[0], token: string): void {
    const { success } = this
    this.success = (claims: Claims) => {
      this.success = success
      this.accepted.set(token, true)
      void this.checkSession(claims)
    }
    super.authenticate(request)
  }

  private async checkSession(claims: Claims): Promise<void> {
    try {
      const refusal = await this.sessionCheck(claims)
      if (refusal === null) this.success(claims)
      else this.fail(new TokenRefused(refusal.code), 401)
    } catch (error) {
      this.error(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

const bearerToken = ExtractJwt.fromAuthHeaderAsBearerToken()

export const createTokenStrategy = (tokens: Tokens, sessionCheck: SessionCheck): Strategy =>
  new TokenStrategy(tokens, sessionCheck)
