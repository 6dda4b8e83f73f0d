import { createStackParser, createTransport, type BaseTransportOptions, type Transport } from '@sentry/core'
import { ServerRuntimeClient, nodeStackLineParser } from '@sentry/core/server'
import { parleyVersion } from '../version.js'
import { errorEvent, type ErrorLine } from './error-event.js'

const SEND_MS = 5_000
const CLOSE_MS = 2_000

export interface ErrorReports extends AsyncDisposable {
  /** Sends a line of the log; what cannot be sent is dropped. */
  capture(line: ErrorLine): void
}

/** Sends errors to what speaks Sentry's protocol. Nothing else of Sentry's SDK is used: no instrumentation, no globals. */
export function openErrorReports(dsn: string, environment: string): ErrorReports {
  const stackParser = createStackParser(nodeStackLineParser())
  const client = new ServerRuntimeClient({
    dsn,
    environment,
    release: `parley@${parleyVersion}`,
    platform: 'node',
    integrations: [],
    stackParser,
    sendClientReports: false,
    transport: createFetchTransport,
  })
  client.init()
  return {
    capture: (line) => void client.captureEvent(errorEvent(line, stackParser)),
    async [Symbol.asyncDispose]() {
      await client.close(CLOSE_MS)
    },
  }
}

/** What cannot be sent is dropped; the transport itself waits for as long as an answer asks for. */
const createFetchTransport = (options: BaseTransportOptions & { headers?: Record<string, string> }): Transport =>
  createTransport(options, async ({ body }) => {
    const response = await fetch(options.url, {
      method: 'POST',
      headers: options.headers ?? {},
      body: typeof body === 'string' ? body : new Uint8Array(body),
      signal: AbortSignal.timeout(SEND_MS),
    })
    return {
      statusCode: response.status,
      headers: {
        'x-sentry-rate-limits': response.headers.get('X-Sentry-Rate-Limits'),
        'retry-after': response.headers.get('Retry-After'),
      },
    }
  })
