import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import type { SessionView } from '../../../src/identity/sessions/session-list.js'
import { userStream } from '../../../src/domain/streams.js'
import { eventually } from '../../support/eventually.js'
import type { TestApp } from '../../support/test-app.js'

export interface SignedIn {
  user: { id: string; email: string; emailVerified: boolean }
  accessToken: string
  refreshToken: string
  expiresInSeconds: number
}

export const PASSWORD = 'correct horse'

export const claimsOf = (token: string): { sid: string; auth_time: number; iat: number; exp: number } =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as never

/** What tests of identity ask of an app, in words. */
export function identityOf(parley: TestApp) {
  const register = async (email = `${randomBytes(6).toString('hex')}@example.com`): Promise<SignedIn> => {
    const answer = await parley.call('POST', '/auth/register', { body: { email, password: PASSWORD, name: 'Ada' } })
    expect(answer.status).to.equal(201)
    return answer.body as SignedIn
  }
  const login = (email: string, password = PASSWORD, headers = {}) =>
    parley.call('POST', '/auth/login', { body: { email, password }, headers })
  return {
    register,
    login,
    async loggedIn(email: string, password = PASSWORD, headers = {}): Promise<SignedIn> {
      const answer = await login(email, password, headers)
      expect(answer.status).to.equal(200)
      return answer.body as SignedIn
    },
    refresh: (refreshToken: string, key?: string) =>
      parley.call('POST', '/auth/refresh', {
        body: { refreshToken },
        ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      }),
    async sessions(token: string): Promise<SessionView[]> {
      return (await parley.call('GET', '/auth/sessions', { token })).body as SessionView[]
    },
    /** Type, session and reason of each event about the person, but for their registration. */
    async events(userId: string): Promise<unknown[]> {
      const recorded = await parley.app.core.log.readStream(userStream(userId), { limit: 1_000 })
      return recorded
        .filter(({ type }) => type !== 'UserRegistered')
        .map(({ type, data }) => ({ type, ...(JSON.parse(data) as object) }))
    },
    /** The last mail of this subject to this address, once it is there. */
    mailTo: (address: string, subject: RegExp) =>
      eventually(() => {
        const mail = parley.mails.filter(({ to, subject: of }) => to === address && subject.test(of)).at(-1)
        if (mail === undefined) throw new Error(`no mail ${String(subject)}`)
        return mail
      }),
    /** The token in its link. */
    async tokenTo(address: string, subject: RegExp): Promise<string> {
      const { text } = await this.mailTo(address, subject)
      return /#token=([\w-]{43})\n/.exec(text)![1]!
    },
  }
}
