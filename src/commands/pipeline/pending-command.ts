import type { Position } from '../../eventstore/event-log.js'
import type { CommandContext } from './command-context.js'
import { CommandFault } from './command-fault.js'
import type { AnyCommandResult } from './command-result.js'

/** A command, with what the decision index knew of it. */
export interface IndexedRequest {
  command: unknown
  context: CommandContext
  /** The index's checkpoint when it was asked; null where it was not. */
  indexedUpTo: Position | null
  /** What the index knew of the entity that the command is about; undefined where it is about none. */
  fact: unknown
}

/** A command that waits for its stream's writer. */
export interface PendingCommand extends IndexedRequest {
  /** True while its events are sent and their outcome is not known. */
  sent: boolean
  /** True once answered, also by its deadline. */
  readonly settled: boolean
  settle(result: AnyCommandResult): void
  fail(error: Error): void
}

/** Enqueues a command and waits for its result; at the deadline it fails with a fault, whatever becomes of the append. */
export function waitForResult(
  request: IndexedRequest,
  deadlineMs: number,
  enqueue: (pending: PendingCommand) => void,
): Promise<AnyCommandResult> {
  return new Promise((resolve, reject) => {
    const atDeadline = (): void => pending.fail(new CommandFault(pending.sent ? 'outcome-unknown' : 'too-busy'))
    const timer = setTimeout(atDeadline, deadlineMs)
    const end = (): void => {
      pending.settled = true
      clearTimeout(timer)
    }
    const pending = {
      ...request,
      sent: false,
      settled: false,
      settle(result: AnyCommandResult): void {
        end()
        resolve(result)
      },
      fail(error: Error): void {
        end()
        reject(error)
      },
    }
    enqueue(pending)
  })
}
