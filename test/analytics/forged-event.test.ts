import { createSecretKey, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { createViewEvents } from '../../src/analytics/events/event-view.js'
import { failureOf } from '../../src/analytics/running/failure-of.js'
import { logStream } from '../../src/domain/streams.js'
import { createDataKeys } from '../../src/privacy/data-keys.js'
import { deriveMacKey } from '../../src/privacy/event-mac.js'
import { createEventReader } from '../../src/privacy/event-reader.js'
import { openWriteSide } from '../support/write-side.js'

describe('an altered event for a projection of an analyst', () => {
  it('pauses it, with the place of the event; once an operator had it skipped, it is left out', async () => {
    await using side = await openWriteSide()
    const [event] = await side.log.readStream(logStream, { limit: 1 })
    const masterKey = createSecretKey(randomBytes(32)) // another one than wrote the event
    const dataKeys = createDataKeys({ pool: side.pool, masterKey })
    const reader = createEventReader({ dataKeys, macKeys: [deriveMacKey(masterKey)] })
    const types = new Set([event!.type])
    const view = (isSkipped: boolean) =>
      createViewEvents({ reader, isSkipped: () => Promise.resolve(isSkipped) }, new Map())([event!], types)
    const error = await view(false).catch((thrown: unknown) => thrown)
    const { stream, position, type: eventType } = event!
    expect(failureOf(error, false)).to.include({ code: 'bad-mac', stream, position, eventType })
    expect(await view(true)).to.deep.equal([])
  })
})
