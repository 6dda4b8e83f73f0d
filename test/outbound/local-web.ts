import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSafeFetch, type SafeFetch } from '../../src/outbound/safe-fetch.js'
import { certificate, privateKey } from './certificate.js'

/** A public address of nobody in particular: the local servers stand behind it. */
export const PUBLIC = '93.184.215.14'

/** A small web on this machine: names, addresses, and one server for ports 80 and 443 of every address. */
export interface LocalWeb extends AsyncDisposable {
  fetch: SafeFetch
  /** What each name resolves to; a list of lists is answered one after the other, an empty one never. */
  names: Map<string, string[][]>
  /** Every name that was asked for. */
  asked: string[]
  /** Every address and port that was connected to. */
  reached: string[]
  /** Every request that arrived, as `GET host/path`. */
  requests: string[]
  handler: RequestListener
}

export async function startLocalWeb(deadlineMs = 5_000): Promise<LocalWeb> {
  const listener: RequestListener = (request, response) => {
    web.requests.push(`${request.method ?? ''} ${request.headers.host ?? ''}${request.url ?? ''}`)
    web.handler(request, response)
  }
  const plain = await listening(createHttpServer(listener))
  const secure = await listening(createHttpsServer({ cert: certificate, key: privateKey }, listener))
  const portOf = (server: Server): number => (server.address() as AddressInfo).port

  const web: LocalWeb = {
    fetch: createSafeFetch(
      {
        resolve(host) {
          web.asked.push(host)
          const answers = web.names.get(host)
          if (answers?.length === 0) return new Promise(() => undefined)
          const answer = answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0]
          return answer === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(answer)
        },
        reach(address, port) {
          web.reached.push(`${address} ${port}`)
          return { host: '127.0.0.1', port: portOf(port === 443 ? secure : plain) }
        },
        ca: certificate,
      },
      deadlineMs,
    ),
    names: new Map([
      ['web.example', [[PUBLIC]]],
      ['secure.example', [[PUBLIC]]],
    ]),
    asked: [],
    reached: [],
    requests: [],
    handler: (_request, response) => response.end('hello'),
    async [Symbol.asyncDispose]() {
      for (const server of [plain, secure]) {
        server.closeAllConnections()
        server.close()
        await once(server, 'close')
      }
    },
  }
  return web
}

async function listening<Listening extends Server>(server: Listening): Promise<Listening> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
