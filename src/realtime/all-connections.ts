import { cutOff, endTransport, type Connection } from './connection.js'
import type { RealtimeServer } from './protocol.js'

export interface AllConnections {
  /** Ends those that are open or still closing, and accepts no more. */
  close(): void
}

/** Every connection of this node, authenticated or not, with what Engine.IO would keep of each for up to 30 s after its end. */
export function trackConnections(io: RealtimeServer): AllConnections {
  const connections = new Set<Connection>()
  io.engine.on('connection', (connection: Connection) => {
    connections.add(connection)
    connection.once('close', () => {
      connections.delete(connection)
      endTransport(connection)
    })
  })
  return {
    close() {
      for (const connection of connections) cutOff(connection)
      io.engine.close()
    },
  }
}
