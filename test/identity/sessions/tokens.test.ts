import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import jwt from 'jsonwebtoken'
import passport from 'passport'
import { createTokenStrategy, TokenRefused } from '../../../src/identity/sessions/token-strategy.js'
import { createTokens, type Claims, type TokenRefusal, type Tokens } from '../../../src/identity/sessions/tokens.js'
import { uuid } from '../../support/uuid.js'

const newKey = (kid: string) => ({ kid, key: createSecretKey(randomBytes(32)) })
const [current, retiring, unknown] = [newKey('current'), newKey('retiring'), newKey('unknown')]

const began = Date.parse('2026-11-22T10:00:00.400Z')
const session = {
  userId: uuid('ada'),
  sessionId: uuid('session'),
  roles: ['auditor'],
  generation: 3,
  authTime: new Date(began),
}
const claims: Claims = {
  ...session,
  authTime: new Date('2026-11-22T10:00:00.000Z'),
  expiresAt: new Date('2026-11-22T10:15:00.000Z'),
}

/** Tokens on a clock that the test moves. */
function setUp(keys = [current, retiring]) {
  const time = { now: began }
  const clock = () => new Date(time.now)
  const options = { issuer: 'parley', audience: 'parley', accessTokenSeconds: 900, clock }
  return { time, tokens: createTokens({ keys, ...options }) }
}

/** Those of a node that starts then. */
function setUpAt(now: number): Tokens {
  const { time, tokens } = setUp()
  time.now = now
  return tokens
}

/** What passport makes of the token in a request. */
function throughPassport(tokens: Tokens, token: string): Promise<Claims | { code: string }> {
  const request = { headers: { authorization: `Bearer ${token}` } }
  return new Promise((resolve, reject) => {
    const answer = (error: unknown, user: Claims | false, info: unknown): void => {
      if (user !== false) resolve(user)
      else if (info instanceof TokenRefused) resolve({ code: info.code })
      else reject(error instanceof Error ? error : new Error(String(info)))
    }
    const strategy = createTokenStrategy(tokens, () => null)
    const middleware = passport.authenticate(strategy, { session: false }, answer) as (...args: unknown[]) => void
    middleware(request, {}, reject)
  })
}

/** By both ways in, which must agree; twice, so that what is remembered counts too. */
async function judge(tokens: Tokens, token: string): Promise<Claims | TokenRefusal> {
  const verdict = tokens.verify(token)
  expect(await throughPassport(tokens, token)).to.deep.equal(verdict)
  expect(tokens.verify(token)).to.deep.equal(verdict)
  return verdict
}

const payload = {
  iss: 'parley',
  aud: 'parley',
  sub: session.userId,
  sid: session.sessionId,
  roles: [],
  gen: 3,
  iat: Math.floor(began / 1000),
  exp: Math.floor(began / 1000) + 900,
  auth_time: Math.floor(began / 1000),
}

/** A token as somebody else would make it, right but for what is given. */
function forge(change: { payload?: object; header?: object; key?: typeof current; algorithm?: jwt.Algorithm }): string {
  const { key = current, algorithm = 'HS256' } = change
  const header = { alg: algorithm, typ: 'at+jwt', kid: key.kid, ...change.header }
  const said = JSON.stringify({ ...payload, ...change.payload }) // leaves out what is undefined
  return jwt.sign(JSON.parse(said) as object, key.key, { algorithm, header })
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

describe('access tokens', () => {
  it('what was issued is verified, over REST and sockets', async () => {
    const { tokens } = setUp()
    const { token, expiresAt } = tokens.issue(session)
    expect(await judge(tokens, token)).to.deep.equal(claims)
    expect(expiresAt).to.deep.equal(claims.expiresAt)
  })

  it('header and claims are those of the contract', () => {
    const { header, payload: issued } = jwt.decode(setUp().tokens.issue(session).token, { complete: true })!
    expect(header).to.deep.equal({ alg: 'HS256', typ: 'at+jwt', kid: 'current' })
    expect(issued).to.deep.equal({ ...payload, roles: ['auditor'] })
  })

  it('a forged token that is right in everything is taken: what follows differs from it in one thing each', async () => {
    expect(await judge(setUp().tokens, forge({}))).to.deep.equal({ ...claims, roles: [] })
  })

  it('one from before there were roles has no generation, and is taken', async () => {
    const verdict = await judge(setUp().tokens, forge({ payload: { gen: undefined } }))
    expect(verdict).to.deep.equal({ ...claims, roles: [], generation: 0 })
  })

  it('one that was issued when tokens lasted longer lasts no longer than those of today', () => {
    const { tokens, time } = setUp()
    const token = forge({ payload: { exp: payload.iat + 86_400 } })
    expect(tokens.verify(token)).to.deep.equal({ ...claims, roles: [] })
    time.now = claims.expiresAt.getTime()
    expect(tokens.verify(token)).to.deep.equal({ code: 'token-expired' })
    expect(setUpAt(time.now).verify(token)).to.deep.equal({ code: 'token-expired' })
  })

  it('a token ends in the second that it names, also one that was verified before', async () => {
    const { tokens, time } = setUp()
    const { token, expiresAt } = tokens.issue(session)
    time.now = expiresAt.getTime() - 1
    expect(await judge(tokens, token)).to.deep.equal(claims)
    time.now = expiresAt.getTime()
    expect(await judge(tokens, token)).to.deep.equal({ code: 'token-expired' })
    expect(await judge(setUp().tokens, forge({ payload: { exp: payload.iat } }))).to.deep.equal({
      code: 'token-expired',
    })
  })

  it('a token of a key that no longer signs is good while the key stands in the list, and bad after', async () => {
    const { token } = setUp([retiring]).tokens.issue(session)
    expect(await judge(setUp([current, retiring]).tokens, token)).to.deep.equal(claims)
    expect(await judge(setUp([current]).tokens, token)).to.deep.equal({ code: 'invalid-token' })
  })

  it('without a key there are no tokens', () => {
    expect(() => setUp([])).to.throw('at least one token key is required')
  })
})

describe('a token that is not ours is invalid, over REST and sockets alike', () => {
  const right = forge({})
  const [header, body, signature] = right.split('.') as [string, string, string]
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const unsigned = { ...payload, roles: ['admin'] }

  const forgeries: Record<string, string> = {
    'signed by another key under a known name': forge({ key: { ...unknown, kid: 'current' } }),
    'signed by a known key under the name of another': forge({ header: { kid: 'retiring' } }),
    'of an unknown key': forge({ key: unknown }),
    'of a key that every object has': forge({ header: { kid: 'constructor' } }),
    'without the name of a key': forge({ header: { kid: undefined } }),
    'with a name that is no text': forge({ header: { kid: ['current'] } }),
    'of another type': forge({ header: { typ: 'JWT' } }),
    'without a type': forge({ header: { typ: undefined } }),
    'from another issuer': forge({ payload: { iss: 'parlez' } }),
    'for another audience': forge({ payload: { aud: 'parlez' } }),
    'without an end': forge({ payload: { exp: undefined } }),
    'without a person': forge({ payload: { sub: undefined } }),
    'without a session': forge({ payload: { sid: undefined } }),
    'with roles that are no list': forge({ payload: { roles: 'admin' } }),
    'by another algorithm, with the right key': forge({ algorithm: 'HS512' }),
    'by an asymmetric algorithm': jwt.sign(payload, rsa, {
      algorithm: 'RS256',
      header: { alg: 'RS256', typ: 'at+jwt', kid: 'current' },
    }),
    'with alg none and no signature': `${encode({ alg: 'none', typ: 'at+jwt', kid: 'current' })}.${encode(unsigned)}.`,
    'with alg none and a signature': `${encode({ alg: 'none', typ: 'at+jwt', kid: 'current' })}.${body}.${signature}`,
    'with its signature left out': `${header}.${body}.`,
    'with other claims under a right signature': `${header}.${encode(unsigned)}.${signature}`,
    'with half its signature': `${header}.${body}.${signature.slice(0, 20)}`,
    'with claims that are no JSON': `${header}.${Buffer.from('claims').toString('base64url')}.${signature}`,
    'of two parts': `${header}.${body}`,
    'no token at all': 'Grüße',
  }
  for (const [what, token] of Object.entries(forgeries)) {
    it(what, async () => {
      expect(await judge(setUp().tokens, token)).to.deep.equal({ code: 'invalid-token' })
    })
  }
})
