import { expect } from 'chai'
import { createPolling } from '../../src/eventstore/postgres/polling.js'
import type { Entry } from '../../src/eventstore/window.js'
import { eventually } from '../support/eventually.js'
import { newEvent } from '../contract/event-log-support.js'

const entry = (at: number): Entry => ({
  at,
  event: { ...newEvent(), stream: 's', version: at, position: `log.${at}` },
})

describe('Polling the log', () => {
  it('adds an event once that this process appended during a read', async () => {
    const reads: ((page: Entry[]) => void)[] = []
    const table = { readAll: () => new Promise<Entry[]>((resolve) => reads.push(resolve)) }
    const polling = createPolling(table, 3_600_000)
    const added: number[] = []
    const end = {
      get at() {
        return added.at(-1) ?? 0
      },
      add: (entries: readonly Entry[]) => void added.push(...entries.map(({ at }) => at)),
      failed: (error: unknown) => expect.fail(String(error)),
      succeeded: () => undefined,
    }
    const stop = new AbortController()
    const filling = polling.fill(end, stop.signal)
    polling.appended([entry(1), entry(2)])
    reads[0]?.([entry(1), entry(2), entry(3)])
    await eventually(() => expect(added).to.deep.equal([1, 2, 3]))
    stop.abort()
    await filling
  })
})
