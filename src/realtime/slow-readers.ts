import { cutOff, isSlow } from './connection.js'
import type { RealtimeServer } from './protocol.js'

const LOOK_MS = 1_000

export interface SlowReaders {
  /** Something was sent: look soon whether it goes out. */
  watch(): void
  stop(): void
}

/** Cuts off the clients that read more slowly than they are written to, so that memory stays bounded; they resume by their cursors. */
export function createSlowReaders(io: RealtimeServer): SlowReaders {
  let timer: NodeJS.Timeout | undefined

  function look(): void {
    timer = undefined
    for (const { conn } of io.sockets.sockets.values()) if (isSlow(conn)) cutOff(conn)
  }

  return {
    watch: () => (timer ??= setTimeout(look, LOOK_MS)),
    stop: () => clearTimeout(timer),
  }
}
