import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { createAuthentication } from '../../src/api/authentication.js'
import { createTokens } from '../../src/identity/sessions/tokens.js'

describe('authentication', () => {
  const tokens = createTokens({
    keys: [{ kid: 'a', key: createSecretKey(randomBytes(32)) }],
    issuer: 'parley',
    audience: 'parley',
    accessTokenSeconds: 900,
    clock: () => new Date(),
  })
  const { token } = tokens.issue({
    userId: randomUUID(),
    sessionId: randomUUID(),
    roles: [],
    generation: 0,
    authTime: new Date(),
  })

  it('remembers a header that is a token and nothing else: no one fills its memory with others', async () => {
    let judged = 0
    const keyOf: typeof tokens.keyOf = (given) => {
      judged++
      return tokens.keyOf(given)
    }
    const authenticate = createAuthentication({
      tokens: { ...tokens, keyOf },
      sessionCheck: () => null,
      botCheck: () => expect.fail(),
    })
    const ask = (authorization: string): Promise<unknown> =>
      new Promise((resolve) => {
        void authenticate({ headers: { authorization } } as never, { locals: {} } as never, resolve)
      })
    for (let time = 0; time < 3; time++) expect(await ask(`Bearer ${token}`)).to.equal(undefined)
    expect(judged).to.equal(1)
    for (let other = 0; other < 10_000; other++) expect(await ask(`Bearer ${token} ${other}`)).to.equal(undefined)
    expect(judged).to.equal(10_001)
    await ask(`Bearer ${token}`)
    expect(judged).to.equal(10_001)
  })
})
