import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpServer } from '../api/http-server.js'
import { createTokenCheck } from '../api/require-token.js'
import { StartupError } from './startup-error.js'
import { urlHost } from './url-host.js'

/** Scrapes in flight at shutdown get this long. */
const FINISH_MS = 2_000

export interface MetricsListenerOptions {
  host: string
  /** 0: any free port. */
  port: number
  /** Null: open, which is for the loopback address. */
  token: string | null
  metrics(): Promise<{ text: string; contentType: string }>
  readiness(): Promise<{ status: string }>
}

export interface MetricsListener extends AsyncDisposable {
  /** Without a slash at its end. */
  url: string
}

interface Answer {
  status: number
  text: string
  contentType: string
}

const json = (status: number, value: object): Answer => ({
  status,
  text: JSON.stringify(value),
  contentType: 'application/json',
})

/** Serves `/metrics`, `/readyz` with every component, and `/healthz` on a port of their own. */
export async function startMetricsListener(options: MetricsListenerOptions): Promise<MetricsListener> {
  const { host, port, token } = options
  const { server, onRequest, close } = createHttpServer()
  const isAdmitted = token === null ? () => true : createTokenCheck(token)
  onRequest((request, response) => {
    const answering = isAdmitted(request) ? answerOf(request, options) : Promise.resolve(json(401, { status: 401 }))
    answering
      .catch(() => json(500, { status: 500 }))
      .then(({ status, text, contentType }) => {
        response.writeHead(status, { 'Content-Type': contentType, 'Cache-Control': 'no-store' }).end(text)
      })
      .catch(() => response.destroy())
  })
  server.listen(port, host)
  await once(server, 'listening').catch((error: unknown) => {
    throw new StartupError(whyNot(error, port), { cause: error })
  })
  const { port: actual } = server.address() as AddressInfo
  return { url: `http://${urlHost(host)}:${actual}`, [Symbol.asyncDispose]: () => close(FINISH_MS) }
}

/** That it is no fault of PORT, which other errors of listening are taken for. */
function whyNot(error: unknown, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `METRICS_PORT: ${port} is taken: choose a free one`
  return `METRICS_PORT or METRICS_HOST: the server cannot listen there (${message})`
}

async function answerOf({ method, url = '' }: IncomingMessage, options: MetricsListenerOptions): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { status: 405 })
  switch (url.split('?')[0]) {
    case '/metrics':
      return { status: 200, ...(await options.metrics()) }
    case '/readyz': {
      const readiness = await options.readiness()
      return json(readiness.status === 'unavailable' ? 503 : 200, readiness)
    }
    case '/healthz':
      return json(200, { status: 'ok' })
    default:
      return json(404, { status: 404 })
  }
}
