import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { changeRoles } from '../../support/change-roles.js'
import { eventually } from '../../support/eventually.js'
import { logConfig, onEachLog } from '../../support/event-logs.js'
import { startTestApp, type Answer, type Node, type TestUser, type TestApp } from '../../support/test-app.js'

const code = ({ body }: Answer): unknown => (body as { code?: string }).code

interface Account {
  id: string
  email: string | null
  roles: string[]
  status: string
}

onEachLog('roles over the API', (kind) => {
  let parley: TestApp
  let other: Node

  before(async () => {
    parley = await startTestApp(logConfig(kind))
    other = await parley.startNode()
  })

  after(() => parley[Symbol.asyncDispose]())

  const put = (node: Pick<Node, 'call'>, { token }: TestUser, { id }: TestUser, roles: string[]): Promise<Answer> =>
    node.call('PUT', `/users/${id}/roles`, { token, body: { roles } })

  const admins = async (): Promise<string[]> => {
    const { users } = await parley.app.core.accountStatuses.all()
    return [...users].flatMap(([id, { roles, isActive }]) => (isActive && roles.includes('admin') ? [id] : []))
  }

  it('of two admins who revoke each other at the same time on two nodes, one remains', async () => {
    const [ada, bob] = [await parley.withRoles('ada', 'admin'), await parley.withRoles('bob', 'admin')]
    for (let round = 0; round < 5; round++) {
      const present = { ada: await parley.login(ada), bob: await parley.login(bob) }
      await eventually(async () => {
        expect(await other.call('GET', '/users/me', { token: present.bob.token })).to.include({ status: 200 })
      })
      const answers = await Promise.all([put(parley, present.ada, bob, []), put(other, present.bob, ada, [])])
      expect(
        answers.map(({ status }) => status),
        `round ${round}`,
      ).to.include(200)
      expect(await admins(), `round ${round}`).to.have.length(1)
      for (const { id } of [ada, bob]) await changeRoles(parley.app, id, { grant: 'admin' })
    }
    await changeRoles(parley.app, ada.id, { to: [] })
    await changeRoles(parley.app, await lastButOne(bob), { to: [] })
  })

  /** Makes someone else admin, so that this one need not stay. */
  async function lastButOne(user: TestUser): Promise<string> {
    await parley.withRoles('keeper', 'admin')
    return user.id
  }

  it('cannot be changed by the user, nor can users deactivate themselves', async () => {
    const admin = await parley.withRoles('own', 'admin')
    expect(code(await put(parley, admin, admin, ['admin', 'auditor']))).to.equal('own-account')
    const answer = await parley.call('POST', `/users/${admin.id}/deactivate`, { token: admin.token })
    expect(code(answer)).to.equal('own-account')
    expect(answer.status).to.equal(403)
  })

  it('are refused for unknown users and unknown roles', async () => {
    const admin = await parley.withRoles('careful', 'admin')
    expect(code(await put(parley, admin, { ...admin, id: randomUUID() }, []))).to.equal('user-not-found')
    expect(code(await put(parley, admin, await parley.register('x'), ['owner']))).to.equal('validation-failed')
  })

  it('are changed once with one idempotency key, with the same answer', async () => {
    const [admin, finn] = [await parley.withRoles('again', 'admin'), await parley.register('finn')]
    const request = { token: admin.token, body: { roles: ['auditor'] }, headers: { 'idempotency-key': 'k1' } }
    const first = await parley.call('PUT', `/users/${finn.id}/roles`, request)
    const second = await parley.call('PUT', `/users/${finn.id}/roles`, request)
    expect([first.status, second.status]).to.deep.equal([200, 200])
    expect(second.headers.get('idempotency-replayed')).to.equal('true')
    const events = await parley.app.core.log.readStream('roles', { limit: 1_000 })
    expect(events.filter(({ data }) => data.includes(finn.id))).to.have.length(1)
  })

  it('lists all users for an admin, page by page, with address, roles and status', async () => {
    const admin = await parley.withRoles('lister', 'admin')
    const gone = await parley.withRoles('gone', 'auditor')
    await parley.call('POST', `/users/${gone.id}/deactivate`, { token: admin.token })
    const found: Account[] = []
    for (let path: string | undefined = '/users?all=true&limit=3'; path !== undefined;) {
      const { body, headers } = await parley.call('GET', path, { token: admin.token })
      expect((body as Account[]).length).to.be.lessThan(4)
      found.push(...(body as Account[]))
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(new Set(found.map(({ id }) => id)).size).to.equal(found.length)
    const row = (user: TestUser) => found.find(({ id }) => id === user.id)
    expect(row(gone)).to.include({ email: gone.email, status: 'deactivated' })
    expect(row(gone)?.roles).to.deep.equal(['auditor'])
    expect(row(admin)).to.deep.include({ email: admin.email, roles: ['admin'], status: 'active' })
  })

  it('accepts exactly one of ids, query and all', async () => {
    const { token } = await parley.withRoles('curious', 'admin')
    for (const path of ['/users', '/users?all=true&query=abc', '/users?all=no'])
      expect(code(await parley.call('GET', path, { token })), path).to.equal('validation-failed')
  })
})
