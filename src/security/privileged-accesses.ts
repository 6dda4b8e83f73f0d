import { randomUUID } from 'node:crypto'
import { UnavailableError } from '../async/unavailable-error.js'
import type { AccessOutcome } from '../domain/security/events.js'
import type { SecurityWriter, Source } from './security-writer.js'

/** What someone is about to do by virtue of a role, or as the operator. */
export interface Access {
  /** The id of a user, or `system:` and the account of the operating system. */
  by: string
  /** Method and path as the route has them, or the words of the command. */
  operation: string
  /** What is asked for; kept as JSON, sealed. */
  filter: object
  /** Sealed as well. */
  reason: string | null
  source?: Source
}

/** Records each access by virtue of a role in the log: that it begins, before anything is read, and how it ended. */
export interface PrivilegedAccesses extends AsyncDisposable {
  /** @throws AccessNotRecordedError where it cannot be recorded: then nothing may be read */
  begin(access: Access): Promise<RecordedAccess>
}

export interface RecordedAccess {
  /** Called once. The log gets it later, and disposing of the whole waits for it. */
  end(outcome: AccessOutcome, rows?: number): void
}

export class AccessNotRecordedError extends UnavailableError {
  override readonly name = 'AccessNotRecordedError'
}

export interface PrivilegedAccessesDeps {
  writer: SecurityWriter
  /** Called where the end of an access could not be recorded. */
  onLost(error: unknown): void
  beginMs?: number
  finishMs?: number
}

const BEGIN_MS = 5_000
const FINISH_MS = 5_000

export function createPrivilegedAccesses(deps: PrivilegedAccessesDeps): PrivilegedAccesses {
  const { writer, onLost, beginMs = BEGIN_MS, finishMs = FINISH_MS } = deps
  const stop = new AbortController()
  const ends = new Set<Promise<void>>()

  return {
    async begin({ by, operation, filter, reason, source }) {
      const accessId = randomUUID()
      const id = { accessId, by, operation }
      const started = { type: 'PrivilegedAccessStarted', ...id, filter: JSON.stringify(filter), reason } as const
      await within(beginMs, (signal) => writer.append([started], signal, source))
      return {
        end(outcome, rows) {
          const ended = { type: 'PrivilegedAccessEnded', ...id, outcome, ...(rows !== undefined && { rows }) } as const
          const end = writer.append([ended], stop.signal, source).then(() => undefined, onLost)
          ends.add(end)
          void end.finally(() => ends.delete(end))
        },
      }
    },
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => stop.abort(), finishMs)
      await Promise.all(ends)
      clearTimeout(timer)
    },
  }
}

/** @throws AccessNotRecordedError where the work fails, or takes longer; it is aborted, and not waited for */
async function within(ms: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const deadline = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      deadline.abort()
      reject(new AccessNotRecordedError(`not recorded within ${ms} ms`))
    }, ms)
  })
  try {
    await Promise.race([work(deadline.signal), late])
  } catch (cause) {
    throw cause instanceof AccessNotRecordedError
      ? cause
      : new AccessNotRecordedError('The access could not be recorded', { cause })
  } finally {
    clearTimeout(timer)
  }
}
