import type { EventLog } from '../../src/eventstore/event-log.js'
import { appendingContract } from './event-log-appending.js'
import { followingContract } from './event-log-following.js'
import { readingContract } from './event-log-reading.js'
import { textContract } from './event-log-text.js'

export interface OpenedLog extends AsyncDisposable {
  log: EventLog
  /** A second handle onto the same log, as another process would have it. Who asks for it disposes of it. */
  reopen(): Promise<EventLog>
}

/** What the parts of the contract work on: valid while their tests run. */
export interface UnderTest {
  log: () => EventLog
  reopen: () => Promise<EventLog>
}

/** What every event log promises, whatever it is kept in. The titles are the promises; positions are opaque here. */
export function eventLogContract(name: string, open: () => Promise<OpenedLog>): void {
  describe(`An event log in ${name}`, () => {
    let opened: OpenedLog

    before(async () => {
      opened = await open()
    })

    after(() => opened[Symbol.asyncDispose]())

    const underTest: UnderTest = { log: () => opened.log, reopen: () => opened.reopen() }
    describe('appending', () => appendingContract(underTest))
    describe('what an event may hold', () => textContract(underTest))
    describe('reading', () => readingContract(underTest))
    describe('following', () => followingContract(underTest))
  })
}
