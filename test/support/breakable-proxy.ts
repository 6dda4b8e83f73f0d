import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface BreakableProxy extends AsyncDisposable {
  /** The URL given, through the proxy. */
  url: string
  /** From the server, so far. */
  readonly bytesReceived: number
  /** Breaks every connection, and refuses new ones until it is restored. */
  cut(): void
  /** Keeps every connection open and swallows what they send, as a network does that lost its way. Restoring breaks them. */
  swallow(): void
  restore(): void
}

/** Stands between a client and its server on 127.0.0.1, and can fail as networks and servers do. */
export async function openBreakableProxy(target: string): Promise<BreakableProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let bytesReceived = 0
  let state: 'open' | 'cut' | 'swallowing' = 'open'

  const server = createServer((client) => {
    if (state === 'cut') return void client.destroy()
    const upstream = connect(Number(port), hostname)
    upstream.on('data', (chunk: Buffer) => (bytesReceived += chunk.length))
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => state === 'swallowing' || to.write(chunk))
      from.on('error', () => undefined)
      from.on('close', () => sockets.delete(from) && to.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const url = new URL(target)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    get bytesReceived() {
      return bytesReceived
    },
    cut() {
      state = 'cut'
      destroyAll()
    },
    swallow() {
      state = 'swallowing'
    },
    restore() {
      if (state === 'swallowing') destroyAll()
      state = 'open'
    },
    async [Symbol.asyncDispose]() {
      destroyAll()
      server.close()
      await once(server, 'close')
    },
  }
}
