import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { next, startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

const KID = 'present'
const KEY = createSecretKey(randomBytes(32))
const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')
const read = (part: string | undefined): object => JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as object

describe('an access token signed with a publicly known key', () => {
  let parley: TestApp
  let ada: TestUser
  let claims: object

  before(async () => {
    parley = await startTestApp({ tokenKeys: [{ kid: KID, key: KEY }] })
    ada = await parley.register('Ada')
    claims = read(ada.token.split('.')[1])
  })

  after(() => parley[Symbol.asyncDispose]())

  function sign(key: Parameters<typeof createHmac>[1], header: object = {}): string {
    const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: KID, ...header })}.${encode(claims)}`
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
  }

  async function expectRefused(token: string, told: string): Promise<void> {
    const answer = await parley.call('GET', '/users/me', { token })
    expect(answer.body, told).to.include({ status: 401, code: 'invalid-token' })
    const { data } = await next<Error & { data: object }>(parley.socket(token), 'connect_error')
    expect(data, told).to.include({ code: 'invalid-token' })
  }

  it('is refused, while one signed with the right key is accepted', async () => {
    expect((await parley.call('GET', '/users/me', { token: sign(KEY) })).status).to.equal(200)
    const { body: openApi } = await parley.call('GET', '/openapi.json')
    const { body: docs } = await parley.call('GET', '/docs')
    const known = [
      'parley',
      'secret',
      'HS256',
      ada.id,
      ada.refreshToken,
      ada.token,
      JSON.stringify(openApi),
      String(docs),
    ]
    for (const text of known) await expectRefused(sign(text), text)
    for (const bytes of [Buffer.alloc(32), Buffer.alloc(32, 0xff), Buffer.alloc(1)])
      await expectRefused(sign(bytes), bytes.toString('hex'))
  })

  it('is refused, whatever file or URL its header names for the key', async () => {
    const names = [
      '/dev/null',
      '../../../../../dev/null',
      '..%2f..%2fdev%2fnull',
      'file:///dev/null',
      'http://127.0.0.1/key',
      `${KID}/../${KID}`,
      `${KID}\u0000`,
      ` ${KID}`,
      KID.toUpperCase(),
      `' union select '' --`,
      'constructor',
      'toString',
      '',
    ]
    for (const kid of names) for (const key of ['', KEY]) await expectRefused(sign(key, { kid }), kid)
    for (const kid of [null, 0, {}, [KID], { $ne: null }]) await expectRefused(sign(KEY, { kid }), JSON.stringify(kid))
  })

  it('is refused in every other serialisation', async () => {
    const [header, payload, signature] = ada.token.split('.') as [string, string, string]
    const forms = [
      JSON.stringify({ payload, protected: header, signature }),
      JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
      `${ada.token}.`,
      `${ada.token}.${signature}`,
      `.${ada.token}`,
      `${header}..${signature}`,
      '..',
      ada.refreshToken,
      'null',
      `${encode({})}.${payload}.${signature}`,
      `${encode(null)}.${payload}.${signature}`,
      `${encode([])}.${payload}.${signature}`,
    ]
    for (const form of forms) await expectRefused(form, form)
  })

  it('is refused after the genuine token was accepted, which stays accepted', async () => {
    const [header, payload, signature] = ada.token.split('.') as [string, string, string]
    const other = encode({ ...claims, roles: ['admin'] })
    for (let round = 0; round < 3; round++) {
      expect((await parley.call('GET', '/users/me', { token: ada.token })).status).to.equal(200)
      await expectRefused(`${header}.${other}.${signature}`, 'other claims')
      await expectRefused(`${header}.${payload}.${signature.slice(0, -1)}`, 'a shorter signature')
    }
  })
})
