import { randomUUID } from 'node:crypto'
import type streams from '@eventstore/db-client/generated/streams_pb.js'
import type { EventStore } from './event-store.js'
import type { FaultState } from './faults.js'
import type { LogRecord } from './log-record.js'
import { caughtUp, checkpoint, confirmation, eventAnswer } from './messages.js'
import type { Outlet } from './outlet.js'
import type { Position } from './read-page.js'
import { createSignal } from './signal.js'

export interface SubscriptionOptions {
  store: EventStore
  options: streams.ReadReq.Options
  outlet: Outlet
  faults: FaultState
  /** Called after each event. */
  delivered: () => void
}

/** What every subscription can write, and when it can. Each resolves when there is room for the next. */
export interface Voice {
  confirm(): Promise<void>
  event(event: LogRecord): Promise<void>
  caughtUp(): Promise<void>
  checkpoint(position: Position): Promise<void>
  /** Resolves when the log has grown, or the subscriber gone. */
  untilGrowth(): Promise<void>
}

export function createVoice({ store, outlet, faults, delivered }: SubscriptionOptions): Voice {
  const growth = createSignal()
  const stopListening = store.onGrowth(growth.notify)
  outlet.onClose(() => {
    stopListening()
    growth.notify()
  })
  let lastCheckpoint: Position | undefined

  const stopsAtStart = faults.stops

  async function write(answer: streams.ReadResp): Promise<void> {
    if (faults.stops > stopsAtStart) return
    await outlet.send(answer)
  }

  return {
    confirm: () => write(confirmation(randomUUID())),
    async event(event) {
      await write(eventAnswer(event))
      if (faults.takeDeliverTwice()) await write(eventAnswer(event))
      delivered()
    },
    caughtUp: () => write(caughtUp()),
    async checkpoint(position) {
      const back = lastCheckpoint !== undefined && faults.takeCheckpointGoesBack()
      lastCheckpoint = position
      await write(checkpoint(back ? positionOfFirst(store) : position))
    },
    untilGrowth: () => growth.next(),
  }
}

function positionOfFirst({ records }: EventStore): Position {
  const position = records[0]?.position ?? 0
  return { commit: position, prepare: position }
}
