import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { RequestState } from '../requests/request-path.js'

export type HeaderFields = Readonly<Record<string, string>>

/** What is known of a request on its way. */
export interface Locals extends RequestState, Record<string, unknown> {
  /** Of the answer, by their names as they are written: they are sent with its status, all at once. */
  headers: Record<string, string>
  /** The path as the route table has it; `unknown` until a route takes the request. */
  route: string
}

export type Request = Parameters<Handler>[0]
export type Reply = Response<unknown, Locals>
export type Handler = RequestHandler<Record<string, string>, unknown, unknown, unknown, Locals>
export type ErrorHandler = ErrorRequestHandler<Record<string, string>, unknown, unknown, unknown, Locals>

export const JSON_TYPE = 'application/json; charset=utf-8'

/** A string goes out as it is, all else as JSON. `res.json` would do the same with more ceremony, on the hot path. */
export function send(res: Reply, status: number, body: unknown, contentType = JSON_TYPE): void {
  const { headers } = res.locals
  if (body === null) {
    if (!NEVER_WITH_BODY.has(status)) headers['Content-Length'] = '0'
    res.writeHead(status, headers).end()
    return
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  headers['Content-Type'] = contentType
  headers['Content-Length'] = String(Buffer.byteLength(text))
  res.writeHead(status, headers).end(text)
}

/** They have no Content-Length either: that of a 304 would be of the content that the client has. */
const NEVER_WITH_BODY: ReadonlySet<number> = new Set([204, 304])
