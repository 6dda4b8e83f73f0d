import type { Connections } from './connections.js'
import type { EventStore } from './event-store.js'
import type { FaultState } from './faults.js'
import { followAll } from './follow-all.js'
import { followStream } from './follow-stream.js'
import { createOutlet, type ReadCall } from './outlet.js'
import { readRange } from './read-range.js'
import { handlerFailed, isRpcError, notReady } from './rpc-error.js'

export interface Reading {
  store: EventStore
  faults: FaultState
  connections: Connections
}

/** Reads and subscriptions are one call with many options. */
export async function handleRead(call: ReadCall, { store, faults, connections }: Reading): Promise<void> {
  const outlet = createOutlet(call)
  const options = call.request.getOptions()
  const kind = options?.hasSubscription() === true ? 'subscription' : 'read'
  connections.begin(call, kind)
  if (options === undefined) {
    outlet.fail(handlerFailed())
    return
  }
  if (faults.refuses === 'calls' || (faults.refuses === 'subscriptions' && kind === 'subscription')) {
    outlet.fail(notReady())
    return
  }
  const delivered = (): void => {
    if (faults.cutsAfterEvent(kind)) connections.cut(call)
  }
  const read = { store, options, outlet, faults, delivered }
  if (kind === 'read' && faults.readsStopped) return
  try {
    if (kind === 'read') await readRange(read)
    else if (options.hasAll()) await followAll(read)
    else await followStream(read)
  } catch (error) {
    if (!isRpcError(error)) throw error
    outlet.fail(error)
  }
}
