import {
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto'
import { expect } from 'chai'
import { next, startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A key of the server's own, so that forgeries are right in all but one thing. */
const KID = 'present'
const KEY = createSecretKey(randomBytes(32))

interface Parts {
  header?: object
  payload?: object
  signature?: (signed: string) => string
}

const hs256 =
  (key: KeyObject | string) =>
  (signed: string): string =>
    createHmac('sha256', key).update(signed).digest('base64url')

describe('a forged access token', () => {
  let parley: TestApp
  let user: TestUser
  let claims: Record<string, unknown>

  before(async () => {
    parley = await startTestApp({ tokenKeys: [{ kid: KID, key: KEY }] })
    user = await parley.register('Ada')
    claims = JSON.parse(Buffer.from(user.token.split('.')[1] ?? '', 'base64url').toString()) as typeof claims
  })

  after(() => parley[Symbol.asyncDispose]())

  function forge({ header = {}, payload = {}, signature = hs256(KEY) }: Parts): string {
    const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: KID, ...header })}.${encode({ ...claims, ...payload })}`
    return `${signed}.${signature(signed)}`
  }

  const seconds = (): number => Math.floor(Date.now() / 1000)

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const forgeries: Record<string, [() => Parts, code?: string]> = {
    'with alg none and no signature': [() => ({ header: { alg: 'none' }, signature: () => '' })],
    'with alg None and its old signature': [() => ({ header: { alg: 'None' } })],
    'of another key': [() => ({ signature: hs256(createSecretKey(randomBytes(32))) })],
    'signed with the empty key': [() => ({ signature: hs256('') })],
    'signed with the name of the key': [() => ({ signature: hs256(KID) })],
    'signed by RSA': [
      () => ({
        header: { alg: 'RS256' },
        signature: (signed) => sign('sha256', Buffer.from(signed), privateKey).toString('base64url'),
      }),
    ],
    'of HS512 with the right key': [
      () => ({
        header: { alg: 'HS512' },
        signature: (signed) => createHmac('sha512', KEY).update(signed).digest('base64url'),
      }),
    ],
    'of another issuer': [() => ({ payload: { iss: 'elsewhere' } })],
    'for another audience': [() => ({ payload: { aud: 'elsewhere' } })],
    'of another type': [() => ({ header: { typ: 'JWT' } })],
    'of no type': [() => ({ header: { typ: undefined } })],
    'of an unknown key': [() => ({ header: { kid: 'unknown' } })],
    'of a key by path': [() => ({ header: { kid: '../../../dev/null' }, signature: hs256('') })],
    'of a key of the prototype': [() => ({ header: { kid: '__proto__' } })],
    'that brings its own key': [
      () => ({
        header: {
          kid: undefined,
          jwk: { kty: 'oct', k: randomBytes(32).toString('base64url') },
          jku: 'http://127.0.0.1/',
        },
      }),
    ],
    'that never ends': [() => ({ payload: { exp: undefined } })],
    'without a session': [() => ({ payload: { sid: undefined } })],
    'of a session that is no id': [() => ({ payload: { sid: `${randomUUID()}' or 1=1 --` } })],
    'for nobody': [() => ({ payload: { sub: 'admin' } })],
    'that has ended': [() => ({ payload: { exp: seconds() - 1 } }), 'token-expired'],
  }

  it('without any change is accepted, so that the following cases fail for their one change', async () => {
    expect((await parley.call('GET', '/users/me', { token: forge({}) })).status).to.equal(200)
  })

  for (const [what, [parts, code = 'invalid-token']] of Object.entries(forgeries)) {
    it(`${what} is refused, over REST and by a socket handshake`, async () => {
      const token = forge(parts())
      const answer = await parley.call('GET', '/users/me', { token })
      expect(answer.status, JSON.stringify(answer.body)).to.equal(401)
      expect(answer.body).to.include({ code })
      const refused = await next<Error & { data: object }>(parley.socket(token), 'connect_error')
      expect(refused.data).to.include({ code })
    })
  }

  it('with the roles of another user is refused: roles come from the log', async () => {
    const grown = forge({ payload: { roles: ['admin'] }, signature: hs256(createSecretKey(randomBytes(32))) })
    expect((await parley.call('GET', '/users?all=true', { token: grown })).status).to.equal(401)
  })

  it('of another installation is refused', async () => {
    await using other = await startTestApp()
    const { token } = await other.register('Eve')
    expect((await parley.call('GET', '/users/me', { token })).body).to.include({ code: 'invalid-token' })
  })

  it('is accepted in the Authorization header only', async () => {
    for (const path of [`/users/me?access_token=${user.token}`, `/users/me?token=${user.token}`])
      expect((await parley.call('GET', path)).status).to.be.oneOf([400, 401])
    const headers = { cookie: `token=${user.token}; access_token=${user.token}`, 'x-access-token': user.token }
    expect((await parley.call('GET', '/users/me', { headers })).body).to.include({ code: 'token-missing' })
  })
})
