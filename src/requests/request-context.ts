import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import type { RequestState } from './request-path.js'

/** The request that the running code works for; none in background work. */
export const requestContext = new AsyncLocalStorage<Pick<RequestState, 'requestId' | 'identity'>>()

/**
 * The trace of a request. It follows from the request's id, which its events keep as their correlation id: so every node knows the trace of an
 * event, and the log holds nothing more for it.
 */
export function traceIdOf(requestId: string): string {
  const hex = requestId.replaceAll('-', '').toLowerCase()
  return hex.length === 32 ? hex : createHash('sha256').update(requestId).digest('hex').slice(0, 32)
}

/** The ids by which everything that concerns one request is found. */
export function requestIds(): Record<string, string> {
  const state = requestContext.getStore()
  if (state === undefined) return {}
  const { requestId, identity } = state
  return {
    requestId,
    correlationId: requestId,
    traceId: traceIdOf(requestId),
    ...(identity !== undefined && { userId: identity.userId }),
  }
}
