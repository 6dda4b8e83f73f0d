import { setMaxListeners } from 'node:events'
import type { FollowOptions, Page } from '../event-log.js'
import { createBell } from './bell.js'
import type { Entry, EventTable } from './event-table.js'
import type { Positions } from './positions.js'
import { createWindow, type Window } from './window.js'

const PAGE_EVENTS = 1_000
const WINDOW_BOUNDS = { events: 8_000, characters: 16 * 1024 * 1024 }

export interface Tail {
  /** Something may have been appended, by us or by others: read again. */
  wake(): void
  follow(after: number, options: FollowOptions): AsyncGenerator<Page>
  /** Ends every follower. */
  close(): Promise<void>
}

/**
 * The one reader of the log's end, for all followers of this process. It keeps a window of recent events; a follower within it is
 * served from memory, with the very same objects as all others, and one behind it reads pages of its own until it gets there.
 *
 * Everyone holds a position and asks for what is above it, so a wake-up hands nothing over that could be lost or doubled. As
 * position order is commit order (see append-function.ts), nothing will ever appear below a position already read. Wake-ups make
 * it fast; the timer (`pollMs`) makes it certain, also after Postgres was away. While nobody follows, nothing is read or kept.
 */
export function createTail(table: EventTable, positions: Positions, pollMs: number): Tail {
  const woken = createBell()
  const grown = createBell()
  let window: Window | null = null
  let followers = 0
  let closed = false
  const reading = readOn()

  async function readOn(): Promise<void> {
    while (!closed) {
      const rings = woken.rings
      if (followers > 0) await catchUp().catch(() => undefined) // Postgres is away; the timer tries again
      await woken.wait(rings, followers > 0 ? pollMs : undefined)
    }
  }

  async function catchUp(): Promise<void> {
    const current = (window ??= await beginWindow())
    let page: Entry[]
    do {
      page = await table.readAll(current.end, PAGE_EVENTS)
      current.add(page)
      if (page.length > 0) grown.ring()
    } while (page.length === PAGE_EVENTS && !closed)
  }

  async function beginWindow(): Promise<Window> {
    const begun = createWindow(await table.head(), WINDOW_BOUNDS)
    grown.ring() // what came since the followers looked is below it
    return begun
  }

  async function next(after: number): Promise<Entry[]> {
    if (window?.covers(after) === true) return window.above(after, PAGE_EVENTS)
    return table.readAll(after, PAGE_EVENTS).catch(() => [])
  }

  async function* follow(after: number, { streamPrefixes, signal }: FollowOptions): AsyncGenerator<Page> {
    setMaxListeners(0, signal) // any number of followers may share it
    const ended = (): boolean => signal.aborted || closed
    join()
    try {
      while (!ended()) {
        const rings = grown.rings
        const entries = await next(after)
        after = entries.at(-1)?.at ?? after
        if (entries.length === 0) await grown.wait(rings, pollMs, signal)
        else if (!ended()) yield { events: matching(entries, streamPrefixes), position: positions.format(after) }
      }
    } finally {
      leave()
    }
  }

  function join(): void {
    followers++
    woken.ring()
  }

  function leave(): void {
    followers--
    if (followers === 0) window = null
  }

  return {
    wake: () => woken.ring(),
    follow,
    async close() {
      closed = true
      woken.ring()
      grown.ring()
      await reading
    },
  }
}

function matching(entries: readonly Entry[], prefixes: readonly string[] | undefined): Page['events'] {
  const events = entries.map(({ event }) => event)
  return prefixes === undefined ? events : events.filter(({ stream }) => prefixes.some((it) => stream.startsWith(it)))
}
