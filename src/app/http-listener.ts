import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpServer } from '../api/http-server.js'
import type { Config } from './config.js'
import { urlHost } from './url-host.js'

/** Requests in flight at shutdown get this long to be answered. */
const FINISH_MS = 10_000

/** The HTTP server that REST and sockets share. */
export interface HttpListener {
  server: Server
  onRequest(listener: RequestListener): void
  /** Without a slash at its end; empty until it listens. */
  url(): string
  listen(): Promise<void>
  /** Takes no more connections, and waits for the requests in flight; ends every connection at its bound. */
  close(): Promise<void>
}

export function createHttpListener({ host, port }: Pick<Config, 'host' | 'port'>): HttpListener {
  const { server, onRequest, close } = createHttpServer()
  let url = ''
  return {
    server,
    onRequest,
    url: () => url,
    async listen() {
      server.listen(port, host)
      await once(server, 'listening')
      const { port: actual } = server.address() as AddressInfo
      url = `http://${urlHost(host)}:${actual}`
    },
    close: () => close(FINISH_MS),
  }
}
