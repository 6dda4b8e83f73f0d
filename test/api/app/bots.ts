import { expect } from 'chai'
import type { TestUser, TestApp } from '../../support/test-app.js'

export interface BotToken {
  id: string
  token: string
  chatIds: string[]
  createdAt: string
  expiresAt: string
}

/** What tests ask of someone's bots. */
export function botsOf(parley: Pick<TestApp, 'call'>) {
  return {
    async create(owner: Pick<TestUser, 'token'>, name: string): Promise<string> {
      const { status, body } = await parley.call('POST', '/bots', { token: owner.token, body: { name } })
      expect(status).to.equal(201)
      return (body as { id: string }).id
    },
    async token(owner: Pick<TestUser, 'token'>, botId: string, chatIds: string[]): Promise<BotToken> {
      const { status, body } = await parley.call('POST', `/bots/${botId}/tokens`, {
        token: owner.token,
        body: { chatIds },
      })
      expect(status).to.equal(201)
      return body as BotToken
    },
    async tokens(owner: Pick<TestUser, 'token'>, botId: string): Promise<Omit<BotToken, 'token'>[]> {
      const { status, body } = await parley.call('GET', `/bots/${botId}/tokens`, { token: owner.token })
      expect(status).to.equal(200)
      return body as Omit<BotToken, 'token'>[]
    },
  }
}
