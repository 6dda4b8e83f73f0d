import { randomInt } from 'node:crypto'
import { closeGently } from './connection.js'
import type { RealtimeServer, RealtimeSocket } from './protocol.js'
import type { SocketLifecycle } from './socket-lifecycle.js'

/** No client is told to come back sooner: it finds another node, or this one again, only after a while. */
const SOONEST_MS = 500
/** For the answers to events received before. */
const FINISH_MS = 10_000
/** For the client to read what it was sent, and to close its side. */
const GOODBYE_MS = 2_000

export interface DrainOptions {
  lifecycle: Pick<SocketLifecycle, 'finish'>
  /** Within this time clients are to reconnect. */
  windowMs: number
}

/** How the sockets of a node that stops are sent away. */
export interface Drain {
  hasBegun(): boolean
  /** Answers what was received so far, then lets every socket go. */
  run(): Promise<void>
  /** Tells a socket when to reconnect, which is a random moment of the window, so that not all come at once; and disconnects it. */
  letGo(socket: RealtimeSocket): Promise<void>
}

export function createDrain(io: RealtimeServer, { lifecycle, windowMs }: DrainOptions): Drain {
  let draining: Promise<void> | undefined

  function letGo(socket: RealtimeSocket): Promise<void> {
    const reconnectAfterMs = randomInt(SOONEST_MS, Math.max(SOONEST_MS, windowMs) + 1)
    socket.emit('server_draining', { reconnectAfterMs })
    return closeGently(socket.conn, AbortSignal.timeout(GOODBYE_MS))
  }

  async function letAllGo(): Promise<void> {
    await lifecycle.finish(AbortSignal.timeout(FINISH_MS))
    await Promise.all(Array.from(io.sockets.sockets.values(), letGo))
  }

  return { hasBegun: () => draining !== undefined, run: () => (draining ??= letAllGo()), letGo }
}
