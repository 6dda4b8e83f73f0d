import { expect } from 'chai'
import type { Page } from '../../../src/eventstore/event-log.js'
import { readAhead } from '../../../src/projections/engine/read-ahead.js'

const page = (position: string, events: number): Page => ({ position, events: Array<never>(events) })

describe('Reading ahead of a projection', () => {
  /** Notes when each page is asked for; ends after the last, or when left. */
  function source(...pages: Page[]) {
    const asked: string[] = []
    let left = false
    return {
      asked,
      wasLeft: () => left,
      log: {
        async *follow(_after: string, { signal }: { signal: AbortSignal }) {
          signal.addEventListener('abort', () => (left = true))
          for (const each of pages) {
            asked.push(each.position)
            yield await Promise.resolve(each)
          }
        },
      },
    }
  }

  const options = (prepared: number[] = []) => ({
    signal: new AbortController().signal,
    many: 10,
    prepare: (events: readonly unknown[]) => Promise.resolve(prepared.push(events.length)),
  })

  it('asks for the next page, and prepares it, while a full one is being dealt with', async () => {
    const { log, asked } = source(page('a', 10), page('b', 10), page('c', 3))
    const [seen, prepared]: [string[], number[]] = [[], []]
    for await (const { position } of readAhead(log, '', options(prepared))) {
      await new Promise(setImmediate)
      seen.push(`${position}: asked ${asked.join('')}, prepared ${prepared.join()}`)
    }
    expect(seen).to.deep.equal([
      'a: asked ab, prepared 10',
      'b: asked abc, prepared 10,3',
      'c: asked abc, prepared 10,3',
    ])
  })

  it('asks for nothing ahead after a page that is not full', async () => {
    const { log, asked } = source(page('a', 9), page('b', 9))
    for await (const { position } of readAhead(log, '', options())) {
      await new Promise(setImmediate)
      expect(asked.at(-1)).to.equal(position)
    }
    expect(asked).to.deep.equal(['a', 'b'])
  })

  it('stops what it follows when it is left, also while it reads ahead', async () => {
    const { log, wasLeft } = source(page('a', 10), page('b', 10))
    const pages = readAhead(log, '', options())
    await pages.next()
    await pages.return(undefined)
    expect(wasLeft()).to.equal(true)
  })
})
