import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect } from 'chai'
import { rejectionOf } from '../../contract/event-log-support.js'
import { eventually } from '../../support/eventually.js'
import { startChildServer } from '../../support/eventstore-server/child-server.js'
import { openedLogs } from './opened-logs.js'
import { watchUnhandled } from './watch-unhandled.js'

/** The library alone, whose pauses double up to two minutes, would take three minutes for so many attempts. */
const ATTEMPTS = 12

describe('The event log in EventStoreDB, after a long outage', function () {
  this.timeout(240_000)
  const open = openedLogs()
  watchUnhandled()

  it('tries to connect at a steady pace however long the server is away, and is ready as soon as it is back', async () => {
    await using server = await startChildServer()
    const log = await open(server.url)
    const head = await log.head()
    await server.kill()
    let attempts = 0
    const nobody = createServer((socket) => {
      attempts++
      socket.destroy()
    })
    nobody.listen(Number(new URL(server.url.replace('esdb:', 'http:')).port), '127.0.0.1')
    await once(nobody, 'listening')
    await eventually(
      async () => {
        await rejectionOf(log.head())
        expect(attempts).to.be.greaterThan(ATTEMPTS)
      },
      { timeoutMs: 50_000 },
    )
    nobody.close()
    await once(nobody, 'close')
    await server.start()
    const { id } = log
    const again = await eventually(() => log.head())
    expect(log.comparePositions(again, log.start)).to.be.at.least(0)
    expect(head.startsWith(id)).to.equal(true)
  })
})
