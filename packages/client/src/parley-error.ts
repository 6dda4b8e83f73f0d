import type { components } from './rest/openapi.js'

/** RFC 9457, as REST answers it and as acks and `error` events hold it. */
export type Problem = Omit<components['schemas']['Problem'], 'type' | 'instance'> & {
  type?: string
  instance?: string
  retryAfterSeconds?: number
}

/**
 * Failures found by the client itself: no answer came, an answer is not Parley's, nobody is logged in, too many messages wait to be sent, or
 * the client was closed.
 */
export type ClientErrorCode = 'network-error' | 'unexpected-answer' | 'signed-out' | 'outbox-full' | 'closed'

/** A later server may have more codes than this release knows. */
export type ErrorCode = Problem['code'] | ClientErrorCode | (string & {})

/** Every failure of this package. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError'
  /** Stable; `docs/errors.md` lists those of the server. */
  readonly code: ErrorCode
  /** The HTTP status, on sockets too; 0 for a failure found by the client itself. */
  readonly status: number
  /** When to try again, in seconds; null where the server does not say. */
  readonly retryAfterSeconds: number | null
  /** The fields that were refused. */
  readonly errors: readonly { path: string; message: string }[]
  /** The id of the request, to name to the operator. */
  readonly requestId: string | null

  constructor(problem: Pick<Problem, 'title'> & Partial<Omit<Problem, 'code'>> & { code: ErrorCode }, cause?: unknown) {
    super(problem.detail ?? problem.title, cause === undefined ? undefined : { cause })
    this.code = problem.code
    this.status = problem.status ?? 0
    this.retryAfterSeconds = problem.retryAfterSeconds ?? null
    this.errors = problem.errors ?? []
    this.requestId = problem.instance ?? null
  }
}

/** Whether the same request may succeed later: there was no answer, or the server asks for patience. */
export const isTransient = (error: unknown): error is ParleyError =>
  error instanceof ParleyError && (error.code === 'network-error' || error.status === 429 || error.status === 503)
