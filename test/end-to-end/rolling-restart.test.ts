import { expect } from 'chai'
import { startChild, type Child } from '../support/child.js'
import { eventually } from '../support/eventually.js'
import { freePort } from '../support/free-port.js'
import { openResumingClient, sendUntilAnswered } from '../support/resuming-client.js'
import { openTcpBalancer } from '../support/tcp-balancer.js'
import { startTestApp, type TestUser } from '../support/test-app.js'

const PATIENT = { timeoutMs: 60_000 }

describe('a rolling restart of two nodes behind a load balancer', function () {
  this.timeout(240_000)

  it('loses and repeats nothing for clients that send and listen, and tells each socket when to come back', async () => {
    await using parley = await startTestApp()
    const env = { ...parley.environment, RATE_LIMIT_MESSAGES_PER_MINUTE: '0', DRAIN_RECONNECT_SECONDS: '1' }
    const ports = [await freePort(), await freePort()]
    await using balancer = await openTcpBalancer(ports)
    const start = async (port: number): Promise<Child> => {
      const node = startChild('main.js', [], { ...env, PORT: String(port) })
      await node.says("Bob's chat list")
      return node
    }
    const nodes = await Promise.all(ports.map(start))
    try {
      const members = [await parley.register('Ada'), await parley.register('Bob'), await parley.register('Eve')]
      const body = { name: 'Team', participantIds: members.map(({ id }) => id) }
      const created = await parley.call('POST', '/chats', { token: members[0]?.token ?? '', body })
      const { id: chatId } = created.body as { id: string }
      const clients = [...members, ...members].map(({ token }) =>
        openResumingClient(balancer.url, { token, cursors: { [chatId]: 1 } }),
      )
      await Promise.all(clients.map(({ ready }) => ready))

      const sent: string[] = []
      let isOver = false
      const write = async ({ id, token }: TestUser): Promise<void> => {
        for (let number = 1; !isOver; number++) {
          const content = `${number} of ${id}`
          await sendUntilAnswered(balancer.url, { token, chatId, content })
          sent.push(content)
        }
      }
      const writing = Promise.all(members.map(write))
      for (const [place, port] of ports.entries()) {
        const before = sent.length
        await eventually(() => expect(sent.length).to.be.at.least(before + 10), PATIENT)
        const leaving = nodes[place]
        leaving?.process.kill('SIGTERM')
        expect(await leaving?.exited, leaving?.output).to.equal(0)
        nodes[place] = await start(port)
      }
      isOver = true
      await writing

      const versions = Array.from({ length: sent.length }, (_, index) => index + 2)
      await eventually(() => {
        for (const client of clients) expect(client.versions(chatId)).to.deep.equal(versions)
      }, PATIENT)
      for (const { contents, faults, drains, socket } of clients) {
        expect(contents.toSorted()).to.deep.equal(sent.toSorted())
        expect(faults).to.deep.equal([])
        expect(drains).to.be.at.least(1)
        socket.close()
      }
    } finally {
      for (const node of nodes) await node[Symbol.asyncDispose]()
    }
  })
})
