import { eventFilter } from './event-filter.js'
import { goLive } from './live-queue.js'
import type { LogRecord } from './log-record.js'
import { indexOfPosition, type EventFilter, type PageLimits, type Position, readPage } from './read-page.js'
import { positionOf } from './read-range.js'
import { handlerFailed } from './rpc-error.js'
import { createVoice, type SubscriptionOptions } from './subscription.js'

/** A page of a subscription holds no more events; also how many are considered for one, unless the client says it. */
const pageSize = 32

interface Following {
  allows: EventFilter
  limits: PageLimits
  /** A checkpoint is due after so many considered events. */
  checkpointEvery: number
}

/** A subscription to `$all`: the events after a position that fit the filter, then those to come. */
export async function followAll(subscription: SubscriptionOptions): Promise<void> {
  const { store, options, outlet, faults } = subscription
  const { allows, limits, checkpointEvery } = followingOf(options)
  const voice = createVoice(subscription)
  const start = startOf(subscription)

  let considered = 0
  let index = start.index
  let position = start.position
  const deliver = async (event: LogRecord): Promise<void> => {
    if (checkpointEvery < Infinity && event.end < store.end && faults.takeCheckpointAtEnd()) {
      await voice.checkpoint({ commit: store.end, prepare: store.end })
    }
    await voice.event(event)
  }

  await voice.confirm()
  while (!outlet.closed) {
    const page = readPage(store, { index, position }, allows, limits)
    for (const event of page.events) await deliver(event)
    considered += page.considered
    const last = page.events.at(-1)
    const reached = last === undefined ? position : { commit: last.position, prepare: last.position }
    index = page.next
    position = page.nextPosition
    // more may have come while this was delivered
    if (page.atEnd && index === store.records.length) break
    if (considered < checkpointEvery) continue
    considered %= checkpointEvery
    await voice.checkpoint(reached)
  }

  if (outlet.closed) return
  const live = goLive({ store, from: index, outlet, voice, allows, checkpointEvery, considered })
  await voice.caughtUp()
  await live.deliver(deliver)
}

function followingOf(options: SubscriptionOptions['options']): Following {
  const filter = options.getFilter()
  if (filter === undefined) {
    return { allows: () => true, limits: { events: pageSize, considered: Infinity }, checkpointEvery: Infinity }
  }
  const considered = filter.hasMax() ? filter.getMax() : pageSize
  return {
    allows: eventFilter(filter),
    limits: { events: pageSize, considered },
    checkpointEvery: considered * filter.getCheckpointintervalmultiplier(),
  }
}

/** After the event at the position asked for. @throws {RpcError} where no record begins there. */
function startOf({ store, options }: SubscriptionOptions): { index: number; position: Position } {
  const all = options.getAll()
  const beginning = { index: 0, position: { commit: 0, prepare: 0 } }
  if (all === undefined || all.hasStart()) return beginning
  const asked = positionOf(all)
  if (asked === undefined) return { index: store.records.length, position: { commit: store.end, prepare: 0 } }
  if (asked.commit === 0 && asked.prepare === 0) return beginning
  const index = indexOfPosition(store, asked)
  if (index === undefined) throw handlerFailed()
  const page = readPage(store, { index, position: asked }, () => true, { events: 1, considered: 1 })
  return { index: page.next, position: page.nextPosition }
}
