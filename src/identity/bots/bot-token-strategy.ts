import type { Request } from 'express'
import passport from 'passport'
import { TokenRefused } from '../sessions/token-strategy.js'
import type { BotCheck } from './bot-check.js'

type Attempt = passport.StrategyCreatedStatic

/** The passport strategy for tokens of bots; the request's `user` is the token's BotClaims. `botCheck` caches for as long as it may. */
export function createBotTokenStrategy(botCheck: BotCheck): passport.Strategy {
  async function judge(attempt: Attempt, token: string): Promise<void> {
    const found = await botCheck(token)
    if ('code' in found) attempt.fail(new TokenRefused(found.code))
    else attempt.success(found)
  }

  return Object.assign(new passport.Strategy(), {
    name: 'bot-token',
    authenticate(this: Attempt, { headers: { authorization = '' } }: Pick<Request, 'headers'>) {
      judge(this, authorization.slice('Bearer '.length)).catch((error: unknown) => this.error(error))
    },
  })
}
