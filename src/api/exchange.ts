import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { RequestState } from '../requests/request-path.js'

/** What is known of a request on its way. */
export interface Locals extends RequestState, Record<string, unknown> {
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
  res.statusCode = status
  if (body === null) {
    res.end()
    return
  }
  res.setHeader('Content-Type', contentType)
  res.end(typeof body === 'string' ? body : JSON.stringify(body))
}
