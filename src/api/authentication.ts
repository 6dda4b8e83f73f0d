import { LRUCache } from 'lru-cache'
import passport from 'passport'
import type { BotCheck } from '../identity/bots/bot-check.js'
import { isBotToken } from '../identity/bots/bot-tokens.js'
import type { Claims, Tokens } from '../identity/sessions/tokens.js'
import { createTokenStrategy } from '../identity/sessions/token-strategy.js'
import type { SessionCheck, SessionRefusal } from '../identity/sessions/session-check.js'
import type { Handler, Reply, Request } from './exchange.js'
import { asProblem, ProblemError } from './problem-details.js'

const MAX_REMEMBERED = 10_000

export interface AuthenticationDeps {
  tokens: Tokens
  sessionCheck: SessionCheck
  botCheck: BotCheck
}

/**
 * Lets in who carries a good bearer token, without a session. Passport judges each token once, for its machinery costs about a
 * fifth of a send's time; from then on `tokens` is asked, which remembers what it verified and whose word passport took anyway. Whether
 * its session still holds is asked of `sessionCheck` each time. A bot's token is a matter of `botCheck` alone.
 */
export function createAuthentication({ tokens, sessionCheck, botCheck }: AuthenticationDeps): Handler {
  /** Goes on in the same tick where nothing has to be asked, which is nearly always. */
  function admit(claims: Claims, res: Reply, next: (error?: unknown) => void): void {
    const settle = (refused: SessionRefusal | null): void => {
      if (refused === null) res.locals.claims = claims
      next(refused === null ? undefined : asProblem(refused))
    }
    const answer = sessionCheck(claims)
    if (answer instanceof Promise) answer.then(settle, next)
    else settle(answer)
  }

  const authenticator = new passport.Authenticator()
  authenticator.use('jwt', createTokenStrategy(tokens))
  const tokenOf = new LRUCache<string, string>({ max: MAX_REMEMBERED })

  /** Passport takes headers with more blanks and words as well: those are judged each time, for there is no end of them. */
  function remember(authorization: string): void {
    const token = authorization.slice(authorization.indexOf(' ') + 1)
    if (!('code' in tokens.verify(token))) tokenOf.set(authorization, token)
  }

  const judge: Handler = (req, res, next) => {
    const onJudged = (error: unknown, claims: Claims | false, info?: Error): void => {
      if (error || claims === false) {
        next(error ?? refusal(info))
        return
      }
      remember(req.headers.authorization ?? '')
      admit(claims, res, next)
    }
    ;(authenticator.authenticate('jwt', { session: false }, onJudged) as Handler)(req, res, next)
  }

  async function admitBot(token: string, res: Reply): Promise<void> {
    const found = await botCheck(token)
    if ('code' in found) throw asProblem(found)
    res.locals.claims = found
    res.locals.boundTo = found.chatIds
  }

  return (req, res, next) => {
    const token = tokenOf.get(req.headers.authorization ?? '')
    const claims = token === undefined ? undefined : tokens.verify(token)
    if (claims !== undefined && !('code' in claims)) {
      admit(claims, res, next)
      return
    }
    const botToken = botTokenOf(req)
    if (botToken === null) judge(req, res, next)
    else admitBot(botToken, res).then(() => next(), next)
  }
}

/** For routes that let no bots in, whatever else they ask for; what its token is worth is not looked at. */
export const refuseBots: Handler = (req, _res, next) =>
  next(botTokenOf(req) === null ? undefined : new ProblemError('not-for-bots'))

/** Null where the request carries none. */
function botTokenOf({ headers }: Request): string | null {
  const { authorization = '' } = headers
  const token = authorization.slice(authorization.lastIndexOf(' ') + 1)
  return isBotToken(token) && /^bearer +\S+$/i.test(authorization) ? token : null
}

/** What passport-jwt says of a request without a token is a plain error. */
const refusal = (info: Error | undefined): ProblemError =>
  info?.name === 'TokenRefused' ? asProblem(info) : new ProblemError('token-missing')
