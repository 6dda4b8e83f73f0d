import type { EventLog, FollowOptions, Page, Position, RecordedEvent } from '../../eventstore/event-log.js'

export interface ReadAheadOptions extends FollowOptions {
  /** A page with at least so many events means that the reader is behind. */
  many: number
  /** Called with the next page's events while one before it is being dealt with. Never rejects. */
  prepare(events: readonly RecordedEvent[]): Promise<unknown>
}

/**
 * Follows the log. While the reader is behind, the next page is read and prepared during the handling of the one before. Otherwise the
 * next page is requested only when the reader is ready, so that it holds everything that arrived meanwhile.
 */
export async function* readAhead(
  log: Pick<EventLog, 'follow'>,
  after: Position,
  { many, prepare, signal, ...options }: ReadAheadOptions,
): AsyncGenerator<Page> {
  const left = new AbortController()
  const following = log.follow(after, { ...options, signal: AbortSignal.any([signal, left.signal]) })
  const pages = following[Symbol.asyncIterator]()

  async function readPrepared(): Promise<IteratorResult<Page>> {
    const next = await pages.next()
    if (next.done !== true) await prepare(next.value.events)
    return next
  }

  function readNext(): Promise<IteratorResult<Page>> {
    const next = readPrepared()
    next.catch(() => undefined) // it is awaited once the page before it is dealt with
    return next
  }

  try {
    for (let next = pages.next(); ;) {
      const result = await next
      if (result.done === true) return
      const page = result.value
      const isBehind = page.events.length >= many
      if (isBehind) next = readNext()
      yield page
      if (!isBehind) next = pages.next()
    }
  } finally {
    left.abort()
  }
}
