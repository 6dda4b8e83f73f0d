import { expect } from 'chai'
import type { ErasureStep } from '../../src/erasure/erasure-steps.js'
import { eventually } from '../support/eventually.js'
import { startTestApp, type TestApp, type TestUser } from '../support/test-app.js'

describe('the request of an erasure', () => {
  let parley: TestApp
  let admin: TestUser

  before(async () => {
    parley = await startTestApp()
    admin = await parley.withRoles('Root', 'admin')
  })
  after(() => parley[Symbol.asyncDispose]())

  const erase = (userId: string, token: string) => parley.call('POST', `/users/${userId}/erasure`, { token })

  it('is refused while the user has a role, to the user and to admins', async () => {
    const auditor = await parley.withRoles('Otto', 'auditor')
    const own = await parley.call('POST', '/users/me/erasure', {
      token: auditor.token,
      body: { password: 'correct horse' },
    })
    expect(own.body).to.include({ status: 409, code: 'role-held' })
    expect((await erase(auditor.id, admin.token)).body).to.include({ status: 409, code: 'role-held' })
    expect((await parley.call('GET', '/users/me', { token: auditor.token })).status).to.equal(200)
  })

  it('is for admins where it is about somebody else', async () => {
    const ada = await parley.register('Ada')
    const bob = await parley.register('Bob')
    expect((await erase(ada.id, bob.token)).body).to.include({ status: 403, code: 'not-authorized' })
    expect((await erase(ada.id, admin.token)).status).to.equal(202)
  })

  it('closes the account at once: it gets no token, no role, and is not reactivated', async () => {
    const ada = await parley.register('Ada')
    expect((await erase(ada.id, admin.token)).body).to.deep.equal({ status: 'erasing' })
    const login = await parley.call('POST', '/auth/login', { body: { email: ada.email, password: 'correct horse' } })
    expect(login.status).to.be.oneOf([401, 403])
    for (const [method, path, body] of [
      ['PUT', `/users/${ada.id}/roles`, { roles: ['auditor'] }],
      ['POST', `/users/${ada.id}/reactivate`, undefined],
    ] as const) {
      const { status, body: problem } = await parley.call(method, path, {
        token: admin.token,
        ...(body === undefined ? {} : { body }),
      })
      // unknown once the erasure is complete
      expect([status, (problem as { code: string }).code]).to.be.deep.oneOf([
        [409, 'erasure-requested'],
        [404, 'user-not-found'],
      ])
    }
  })
})

describe('an erasure, while the read model stands still', () => {
  it('does not keep the node from stopping', async () => {
    const steps: ErasureStep[] = []
    const parley = await startTestApp({}, { beforeErasureStep: (step) => Promise.resolve(void steps.push(step)) })
    const ada = await parley.register('Ada')
    await parley.app.core.runners.conversations[Symbol.asyncDispose]()
    const body = { password: 'correct horse' }
    const asked = await parley.call('POST', '/users/me/erasure', { token: ada.token, body })
    expect(asked.status, JSON.stringify(asked.body)).to.equal(202)
    await eventually(() => expect(steps).to.include('chats'))
    await parley[Symbol.asyncDispose]()
    expect(steps).not.to.include('keys')
  }).timeout(60_000)
})
