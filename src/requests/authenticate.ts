import passport from 'passport'
import type { BotCheck } from '../identity/bots/bot-check.js'
import { createBotTokenStrategy } from '../identity/bots/bot-token-strategy.js'
import { isBotToken } from '../identity/bots/bot-tokens.js'
import { createTokenStrategy, TokenRefused } from '../identity/sessions/token-strategy.js'
import type { SessionCheck } from '../identity/sessions/session-check.js'
import type { Claims, Tokens } from '../identity/sessions/tokens.js'
import { RequestRefused } from './request-refused.js'

/** Who sends a request. */
export interface Identity extends Claims {
  /** Of a bot: the chats that its token is bound to. */
  chatIds?: ReadonlySet<string>
}

/** Finds out whom a bearer token stands for. @throws RequestRefused */
export type Authenticate = (token: string) => Promise<Identity>

export interface AuthenticateDeps {
  tokens: Tokens
  sessionCheck: SessionCheck
  botCheck: BotCheck
}

type Middleware = (request: object, response: object, next: (error?: unknown) => void) => void

/** By one of two passport strategies: that of bots, or that of users. */
export function createAuthenticate({ tokens, sessionCheck, botCheck }: AuthenticateDeps): Authenticate {
  const authenticator = new passport.Authenticator()
  authenticator.use('user-token', createTokenStrategy(tokens, sessionCheck))
  authenticator.use('bot-token', createBotTokenStrategy(botCheck))

  return (token) =>
    new Promise((resolve, reject) => {
      const strategy = isBotToken(token) ? 'bot-token' : 'user-token'
      const onJudged = (error: Error | null, identity: Identity | false, info: unknown): void => {
        if (error !== null) reject(error)
        else if (identity === false) reject(refusal(info))
        else resolve(identity)
      }
      const judge = authenticator.authenticate(strategy, { session: false }, onJudged) as Middleware
      judge({ headers: { authorization: `Bearer ${token}` } }, {}, reject)
    })
}

const refusal = (info: unknown): RequestRefused =>
  new RequestRefused({ code: info instanceof TokenRefused ? info.code : 'invalid-token' })

/** The token of an `Authorization` header; null where there is none. @throws RequestRefused where it is not exactly one */
export function bearerTokenOf(authorization: string | undefined): string | null {
  const [, scheme = '', rest = ''] = /^(\S+) *(.*)$/.exec(authorization?.trim() ?? '') ?? []
  if (scheme.toLowerCase() !== 'bearer') return null
  if (!/^[\w.~+/-]+=*$/.test(rest)) throw new RequestRefused({ code: 'invalid-token' })
  return rest
}
