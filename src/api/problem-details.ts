import { ZodError } from 'zod'
import { BadMacError } from '../privacy/bad-mac-error.js'
import { NewerEventError } from '../privacy/event-reader.js'
import { UnavailableError } from '../async/unavailable-error.js'
import { CommandFault } from '../commands/pipeline/command-fault.js'
import type { Refusal } from '../limits/quota.js'
import { RateLimitedError } from '../limits/rate-limited-error.js'
import { TooBusyError } from '../identity/passwords/passwords.js'
import { RequestRefused } from '../requests/request-refused.js'
import { AccessNotRecordedError } from '../security/privileged-accesses.js'
import { isProblemCode, refusals, rowOf, type ProblemCode } from './problem-table.js'
import { fieldErrorsOf, validationCodeOf, type FieldError } from './field-errors.js'

/** RFC 9457. Over REST it is the body of every refusal, on sockets the error of an ack. */
export interface Problem {
  type: string
  title: string
  status: number
  detail?: string
  code: ProblemCode
  /** The request's id, also in `X-Request-Id`. */
  instance: string
  errors?: FieldError[]
  /** Whole seconds, at least 1. */
  retryAfterSeconds?: number
}

interface More {
  detail?: string
  errors?: FieldError[]
  retryAfterSeconds?: number
  cause?: unknown
  /** Where it was a limit. */
  quota?: Refusal
}

/** A refusal on its way to the edge. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  constructor(
    readonly code: ProblemCode,
    readonly more: More = {},
  ) {
    super(more.detail ?? code, { cause: more.cause })
  }
}

/**
 * The problem for any fault: what was thrown, a schema's error, a command's refusal (`kind` is `rejected` or
 * `limited`), or a value with one of our codes. All else is `internal-error`, without a word about it.
 */
export function problemOf(fault: unknown, requestId: string): Problem {
  const { code, more } = asProblem(fault)
  const { status, title, retryAfterSeconds: usual } = rowOf(code)
  const { detail, errors, retryAfterSeconds = usual } = more
  return {
    type: `urn:parley:problem:${code}`,
    title,
    status,
    ...(detail !== undefined && { detail }),
    code,
    instance: requestId,
    ...(errors !== undefined && { errors }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  }
}

/** The same as an error to throw. */
export function asProblem(fault: unknown): ProblemError {
  if (fault instanceof ProblemError) return fault
  if (fault instanceof ZodError)
    return new ProblemError(validationCodeOf(fault), { errors: fieldErrorsOf(fault), cause: fault })
  if (fault instanceof RequestRefused) return asProblem(fault.reason)
  if (fault instanceof RateLimitedError) return limited(fault.refusal)
  if (fault instanceof Error) return new ProblemError(codeOfError(fault), { cause: fault })
  return ofValue(fault) ?? new ProblemError('internal-error', { cause: fault })
}

function codeOfError(error: Error): ProblemCode {
  if (error instanceof CommandFault) return error.code
  if (error instanceof TooBusyError) return 'too-busy'
  if (error instanceof AccessNotRecordedError) return 'read-not-recorded'
  if (error instanceof UnavailableError) return 'dependency-unavailable'
  if (error instanceof NewerEventError) return 'newer-event'
  if (error instanceof BadMacError) return 'bad-mac'
  return codeOfHttpError(error) ?? 'internal-error'
}

/** Errors of express and its body parser carry a status and, where it is about the body, a type. */
function codeOfHttpError({ status, type }: Error & { status?: unknown; type?: unknown }): ProblemCode | null {
  if (type === 'entity.parse.failed') return 'malformed-json'
  if (status === 413) return 'body-too-large'
  if (status === 415) return 'not-json'
  return status === 400 ? 'malformed-request' : null
}

function ofValue(fault: unknown): ProblemError | null {
  if (typeof fault !== 'object' || fault === null) return null
  if ('rejection' in fault) return ofValue(fault.rejection)
  if ('retryAfterMs' in fault) return limited(fault as Refusal)
  if (!('code' in fault)) return null
  if (isRefusal(fault.code)) {
    const { code, ...more } = refusals[fault.code]
    return new ProblemError(code, more)
  }
  return isProblemCode(fault.code) ? new ProblemError(fault.code) : null
}

const isRefusal = (code: unknown): code is keyof typeof refusals =>
  typeof code === 'string' && Object.hasOwn(refusals, code)

const limited = (quota: Refusal): ProblemError =>
  new ProblemError('rate-limited', { quota, retryAfterSeconds: Math.max(1, Math.ceil(quota.retryAfterMs / 1_000)) })
