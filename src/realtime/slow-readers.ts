import { cutOff, isSlow } from './connection.js'
import type { RealtimeServer } from './protocol.js'

const CHECK_MS = 1_000

export interface SlowReaders {
  /** Called when something was sent: checks soon whether clients read it. */
  watch(): void
  stop(): void
}

/** Disconnects clients that read more slowly than they are written to, so that memory stays bounded; they resume with their cursors. */
export function createSlowReaders(io: RealtimeServer): SlowReaders {
  let timer: NodeJS.Timeout | undefined

  function check(): void {
    timer = undefined
    for (const { conn } of io.sockets.sockets.values()) if (isSlow(conn)) cutOff(conn)
  }

  return {
    watch: () => (timer ??= setTimeout(check, CHECK_MS)),
    stop: () => clearTimeout(timer),
  }
}
