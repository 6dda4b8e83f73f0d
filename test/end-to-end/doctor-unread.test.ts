import { expect } from 'chai'
import { startChild } from '../support/child.js'
import { startTestApp, type TestUser, type TestApp } from '../support/test-app.js'

interface Found {
  checked: number
  differences: { chatId: string; userId: string; stored: object | null; computed: object | null }[]
}

describe('parley doctor unread, beside a running server', function () {
  this.timeout(240_000)
  let parley: TestApp
  let alice: TestUser
  let bob: TestUser
  let chatId: string

  before(async () => {
    parley = await startTestApp()
    alice = await parley.register('Alice')
    bob = await parley.register('Bob')
    const eve = await parley.register('Eve')
    const body = { participantIds: [bob.id, eve.id], name: 'Team' }
    chatId = ((await parley.call('POST', '/chats', { token: alice.token, body })).body as { id: string }).id
    const call = (user: TestUser, method: string, path: string, sent?: object) =>
      parley.call(method, `/chats/${chatId}${path}`, { token: user.token, ...(sent && { body: sent }) })
    const ids: string[] = []
    for (let sent = 0; sent < 5; sent++)
      ids.push(((await call(alice, 'POST', '/messages', { content: `${sent}` })).body as { id: string }).id)
    await call(alice, 'DELETE', `/messages/${ids[3]}`)
    await call(bob, 'PUT', '/read', { seq: 4 })
    await call(bob, 'PUT', '/read', { seq: 1, unread: true })
    await call(eve, 'POST', '/leave')
    await call(alice, 'POST', '/participants', { userId: eve.id })
    const last = await call(alice, 'POST', '/messages', { content: 'last' })
    await parley.call('GET', '/chats', {
      token: alice.token,
      headers: { 'Parley-Position': last.headers.get('parley-position') },
    })
  })

  after(() => parley[Symbol.asyncDispose]())

  async function doctor(...args: string[]): Promise<{ code: number | null; output: string }> {
    await using child = startChild('cli.js', ['doctor', ...args], parley.environment)
    return { code: await child.exited, output: child.output }
  }

  const tamper = async (statement: (table: (name: string) => string) => string): Promise<void> => {
    const { databases, projections } = parley.app.core
    const table = (name: string) => `${name}_${projections.conversations.version}_1`
    await databases.main.query(statement(table))
  }

  it('finds nothing wrong in correct data', async () => {
    const { code, output } = await doctor('unread')
    expect([code, output.trim().split('\n').at(-1)]).to.deep.equal([0, '3 checked, 0 wrong'])
  })

  it('reports wrong read markers and unread counts of the read model by user', async () => {
    await tamper((table) => `update ${table('memberships')} set read_seq = 5 where user_id = '${bob.id}'`)
    const json = await doctor('unread', '--json')
    expect(json.code).to.equal(1)
    expect(JSON.parse(json.output.trim().split('\n').at(-1) ?? '')).to.deep.equal({
      checked: 3,
      differences: [{ chatId, userId: bob.id, stored: { readSeq: 5, unread: 1 }, computed: { readSeq: 1, unread: 4 } }],
    } satisfies Found)
    await tamper((table) => `update ${table('memberships')} set read_seq = 1 where user_id = '${bob.id}'`)
    await tamper((table) => `delete from ${table('deleted_seqs')}`)
    const { code, output } = await doctor('unread')
    expect(code).to.equal(1)
    expect(output).to.include(
      `chat ${chatId}, user ${bob.id}: stored read to 1, 5 unread; by the log read to 1, 4 unread`,
    )
    expect(output).to.include('3 checked, 1 wrong')
  })

  it('an unknown subject is refused with a hint', async () => {
    const { code, output } = await doctor('everything')
    expect([code, output]).to.deep.equal([
      2,
      "Unexpected argument 'everything'. This command does not take positional arguments\n",
    ])
  })
})
