import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { createPositions } from '../../src/eventstore/positions.js'
import { createTail, type LogEnd, type Tail, type TailSource } from '../../src/eventstore/tail.js'
import { newEvent } from '../contract/event-log-support.js'
import { eventually } from '../support/eventually.js'
import { recordedReport, type RecordedReport } from '../support/recorded-report.js'

/** An empty store whose ways of reading fail on request, each for itself. */
function breakableSource() {
  const failing = { head: false, reads: false }
  const attempts = { head: 0, reads: 0 }
  const ends: LogEnd[] = []
  const answer = <Result>(way: keyof typeof failing, result: Result): Promise<Result> => {
    attempts[way]++
    return failing[way] ? Promise.reject(new Error(`${way} away`)) : Promise.resolve(result)
  }
  const source: TailSource = {
    head: () => answer('head', 100),
    readAll: () => answer('reads', []),
    fill: (end) => Promise.resolve(void ends.push(end)),
  }
  return { ...source, failing, attempts, ends }
}

describe('The tail of the log', () => {
  let source: ReturnType<typeof breakableSource>
  let report: RecordedReport
  let tail: Tail

  beforeEach(() => {
    source = breakableSource()
    report = recordedReport()
    tail = createTail(source, createPositions('log'), 1, report)
  })

  afterEach(() => tail.close())

  it('reports once that the head cannot be read, also while other reads work, and its end once', async () => {
    const { failing, attempts, ends } = source
    failing.head = true
    const following = follow(tail.follow(0, { signal: new AbortController().signal }))
    await eventually(() => expect(Math.min(attempts.head, attempts.reads)).to.be.above(2))
    expect(report.lines).to.deep.equal(['event-log failed: head away'])
    failing.head = false
    await eventually(() => expect(ends).to.have.length(1))
    expect(report.lines).to.deep.equal(['event-log failed: head away', 'event-log recovered'])
    await tail.close()
    await following
  })

  it('listens once to the signal of a follower, however often that one waits, and no more when it has ended', async () => {
    const stop = new AbortController()
    const seen: number[] = []
    const following = (async () => {
      for await (const { events } of tail.follow(100, { signal: stop.signal })) seen.push(events.length)
    })()
    await eventually(() => expect(source.ends).to.have.length(1))
    for (let at = 101; at < 150; at++) {
      const event = { ...newEvent(), stream: 's', version: at, position: `log.${at}` }
      source.ends[0]?.add([{ at, event }])
      await eventually(() => expect(seen).to.have.length(at - 100))
      expect(getEventListeners(stop.signal, 'abort')).to.have.length(1)
    }
    stop.abort()
    await following
    expect(getEventListeners(stop.signal, 'abort')).to.have.length(0)
  })

  it('reports once that a follower’s own reads fail, and ends the outage when that follower is gone', async () => {
    const { failing, attempts, ends } = source
    failing.reads = true
    const stop = new AbortController()
    const following = follow(tail.follow(0, { signal: stop.signal }))
    await eventually(() => expect(attempts.reads).to.be.above(2))
    ends[0]?.succeeded()
    expect(report.lines).to.deep.equal(['event-log failed: reads away'])
    stop.abort()
    await following
    ends[0]?.succeeded()
    expect(report.lines).to.deep.equal(['event-log failed: reads away', 'event-log recovered'])
  })
})

async function follow(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const page of pages) expect.fail(`a page of an empty log: ${JSON.stringify(page)}`)
}
