import { expect } from 'chai'
import { io } from 'socket.io-client'
import { startTestApp } from '../support/test-app.js'

const POLL = '/socket.io/?EIO=4&transport=polling'

describe('HTTP long-polling', () => {
  it('is refused by default, while websockets work', async () => {
    await using parley = await startTestApp()
    const ada = await parley.register('Ada')
    const { status, body } = await parley.call('GET', POLL)
    expect({ status, body }).to.deep.equal({ status: 400, body: { code: 0, message: 'Transport unknown' } })
    await new Promise((resolve) => parley.socket(ada.token).once('ready', resolve))
  })

  it('carries a socket where LONG_POLLING is on', async () => {
    await using parley = await startTestApp({ longPolling: true })
    const ada = await parley.register('Ada')
    const options = { transports: ['polling'], upgrade: false, forceNew: true, reconnection: false }
    const socket = io(parley.app.url, { auth: { token: ada.token }, ...options })
    const ready = await new Promise((resolve) => socket.once('ready', resolve))
    expect(ready).to.include({ userId: ada.id })
    socket.close()
  })
})
