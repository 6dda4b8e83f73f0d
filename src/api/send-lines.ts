import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Logger } from 'winston'
import { stackOf } from '../async/stack-of.js'
import type { Reply } from './exchange.js'

export const NDJSON_TYPE = 'application/x-ndjson; charset=utf-8'

/**
 * Sends objects as lines of JSON, each made when the client has read what came before it. An answer that cannot be completed ends with the
 * connection, since its status has been sent already; a client that goes away ends the source.
 */
export async function sendLines(res: Reply, lines: AsyncIterable<object>, log: Pick<Logger, 'error'>): Promise<void> {
  res.writeHead(200, { ...res.locals.headers, 'Content-Type': NDJSON_TYPE })
  try {
    await pipeline(Readable.from(asText(lines)), res)
  } catch (error) {
    if (isOfClient(error)) return
    log.error('answer was cut short', { requestId: res.locals.requestId, stack: stackOf(error) })
    res.destroy()
  }
}

export const isIterable = (body: unknown): body is AsyncIterable<object> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body

async function* asText(lines: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`
}

const isOfClient = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
