import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { EventLog } from '../../src/eventstore/event-log.js'
import { next, startTestApp } from '../support/test-app.js'

describe('a node that stops', () => {
  it('finishes the commands in flight, of REST and sockets, then tells sockets to reconnect, and takes no more', async () => {
    let isHeld = false
    const held = Promise.withResolvers<undefined>()
    const reached = Promise.withResolvers<undefined>()
    const holding = (log: EventLog): EventLog => ({
      ...log,
      async append(stream, version, events) {
        if (isHeld) {
          reached.resolve(undefined)
          await held.promise
        }
        return log.append(stream, version, events)
      },
    })
    await using parley = await startTestApp()
    const node = await parley.startNode({ wrapLog: holding })
    const { token } = await parley.register('Alice')
    const { body } = await parley.call('POST', '/chats', { token, body: { participantIds: [], name: 'Garden' } })
    const { id: chatId } = body as { id: string }
    const socket = node.socket(token)
    await next(socket, 'ready')

    isHeld = true
    const order: string[] = []
    const byRest = node
      .call('POST', `/chats/${chatId}/messages`, { token, body: { content: 'by REST' } })
      .then(({ status }) => {
        order.push('answered')
        return status
      })
    await reached.promise
    const bySocket = new Promise((resolve) => {
      // in the tick of its arrival, as what follows it is noted
      socket.emit('send_message', { chatId, content: 'by a socket' }, (ack: unknown) => {
        order.push('acknowledged')
        resolve(ack)
      })
    })
    await socket.emitWithAck('sync', { cursors: {} }) // it arrives after the message
    socket.on('server_draining', () => order.push('draining'))
    const stopped = Promise.resolve(node.app[Symbol.asyncDispose]()).then(() => order.push('stopped'))
    held.resolve(undefined)

    expect(await byRest).to.equal(201)
    expect(await bySocket).to.include({ ok: true })
    await stopped
    expect(order.at(-1)).to.equal('stopped')
    expect(order.indexOf('acknowledged')).to.be.lessThan(order.indexOf('draining'))
    expect(await node.call('GET', '/healthz').catch(() => 'refused')).to.equal('refused')

    const { core } = parley.app
    await core.runners.conversations.progress.reached(await core.log.head())
    const page = await parley.call('GET', `/chats/${chatId}/messages`, { token })
    expect(JSON.stringify(page.body)).to.include('by REST').and.to.include('by a socket')
  })

  it('ends at its bound after a signal, although something still runs', async () => {
    const module = fileURLToPath(new URL('../../src/app/end-in-time.js', import.meta.url))
    const script = `import { endInTime } from ${JSON.stringify(module)}; endInTime(100); setInterval(() => 0, 1000); console.log('up')`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
    const errors = text(child.stderr)
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    const [exitCode] = (await once(child, 'exit')) as [number]
    expect(exitCode).to.equal(1)
    expect(await errors).to.include('Not stopped within 0.1 s')
  })
})
