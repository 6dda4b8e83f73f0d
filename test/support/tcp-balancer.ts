import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TcpBalancer extends AsyncDisposable {
  url: string
}

/** Hands connections to these ports of 127.0.0.1 in turn, and to the next one where a port is closed. It knows nothing of HTTP. */
export async function openTcpBalancer(ports: readonly number[]): Promise<TcpBalancer> {
  const sockets = new Set<Socket>()
  let turn = 0

  function track(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  }

  function hand(client: Socket, attempts: number): void {
    const upstream = connect(ports[turn++ % ports.length] ?? 0, '127.0.0.1')
    track(upstream)
    upstream.once('connect', () => {
      client.pipe(upstream).pipe(client)
      client.once('close', () => upstream.destroy())
      upstream.once('close', () => client.destroy())
    })
    upstream.once('error', () => {
      if (upstream.pending && attempts > 1) hand(client, attempts - 1)
      else client.destroy()
    })
  }

  const server = createServer((client) => {
    track(client)
    hand(client, ports.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
