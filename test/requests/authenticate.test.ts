import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { createTokens } from '../../src/identity/sessions/tokens.js'
import { bearerTokenOf, createAuthenticate } from '../../src/requests/authenticate.js'
import { RequestRefused, type RefusalReason } from '../../src/requests/request-refused.js'

describe('authentication', () => {
  const tokens = createTokens({
    keys: [{ kid: 'a', key: createSecretKey(randomBytes(32)) }],
    issuer: 'parley',
    audience: 'parley',
    accessTokenSeconds: 900,
    clock: () => new Date(),
  })
  const userId = randomUUID()
  const { token } = tokens.issue({ userId, sessionId: randomUUID(), roles: [], generation: 0, authTime: new Date() })
  const botToken = `parley_bot_${'x'.repeat(43)}`

  const reasonOf = async (attempt: () => unknown): Promise<RefusalReason> => {
    try {
      await attempt()
    } catch (error) {
      if (error instanceof RequestRefused) return error.reason
      throw error
    }
    throw new Error('not refused')
  }

  it('verifies a token by passport-jwt once, and checks its session each time', async () => {
    let verified = 0
    let checked = 0
    const keyOf: typeof tokens.keyOf = (given) => {
      verified++
      return tokens.keyOf(given)
    }
    const authenticate = createAuthenticate({
      tokens: { ...tokens, keyOf },
      sessionCheck: () => {
        checked++
        return null
      },
      botCheck: () => expect.fail(),
    })
    for (let time = 0; time < 3; time++) expect(await authenticate(token)).to.include({ userId })
    expect({ verified, checked }).to.deep.equal({ verified: 1, checked: 3 })
  })

  it('refuses by the session check, also when the token is cached', async () => {
    let refusal: { code: 'session-revoked' } | null = null
    const authenticate = createAuthenticate({
      tokens,
      sessionCheck: () => refusal,
      botCheck: () => expect.fail(),
    })
    await authenticate(token)
    refusal = { code: 'session-revoked' }
    expect(await reasonOf(() => authenticate(token))).to.deep.equal({ code: 'session-revoked' })
  })

  it('checks a bot token by the bot check alone', async () => {
    const authenticate = createAuthenticate({
      tokens,
      sessionCheck: () => expect.fail(),
      botCheck: () => Promise.resolve({ code: 'token-expired' }),
    })
    expect(await reasonOf(() => authenticate(botToken))).to.deep.equal({ code: 'token-expired' })
  })

  describe('the Authorization header', () => {
    it('has a token where its scheme is Bearer, in any case', () => {
      for (const header of [`Bearer ${token}`, `bearer ${token}`, `BEARER  ${token} `])
        expect(bearerTokenOf(header)).to.equal(token)
    })

    it('has no token without that scheme', () => {
      for (const header of [undefined, '', 'Basic abc', token]) expect(bearerTokenOf(header)).to.equal(null)
    })

    it('with anything beside the token, or no token at all, is refused', async () => {
      for (const header of [
        'Bearer',
        'Bearer ',
        `Bearer ${token} x`,
        `Bearer ${token},x`,
        `Bearer "${token}"`,
        `Bearer ${token}\u00e9`,
      ])
        expect(await reasonOf(() => bearerTokenOf(header)), header).to.deep.equal({ code: 'invalid-token' })
    })
  })
})
