import type { MessageFact } from '../../domain/chat/message-fact.js'
import type { EventShape } from '../../domain/event.js'
import type { Position } from '../../eventstore/event-log.js'
import { CommandFault } from './command-fault.js'
import type { CommandContext, Handled } from './handled.js'

/** One command on its way through a stream's writer. */
export interface Waiting<Command, Event extends EventShape, Rejection> {
  command: Command
  context: CommandContext
  /** Where the decision index stood when it was asked; null where it was not. */
  indexedUpTo: Position | null
  /** What the index knew of the message that it is about; null where it is about none. */
  message: MessageFact | null
  /** True from when its events were first sent until their outcome is known. */
  sent: boolean
  /** True once answered, also by its deadline. */
  readonly settled: boolean
  settle(handled: Handled<Event, Rejection>): void
  fail(error: Error): void
}

/** Hands a command over and waits for its answer; at the deadline the answer is a fault, whatever becomes of the append. */
export function waitFor<Command, Event extends EventShape, Rejection>(
  about: Pick<Waiting<Command, Event, Rejection>, 'command' | 'context' | 'indexedUpTo' | 'message'>,
  deadlineMs: number,
  handOver: (waiting: Waiting<Command, Event, Rejection>) => void,
): Promise<Handled<Event, Rejection>> {
  return new Promise((resolve, reject) => {
    const atDeadline = (): void => waiting.fail(new CommandFault(waiting.sent ? 'outcome-unknown' : 'too-busy'))
    const timer = setTimeout(atDeadline, deadlineMs)
    const end = (): void => {
      waiting.settled = true
      clearTimeout(timer)
    }
    const waiting = {
      ...about,
      sent: false,
      settled: false,
      settle(handled: Handled<Event, Rejection>): void {
        end()
        resolve(handled)
      },
      fail(error: Error): void {
        end()
        reject(error)
      },
    }
    handOver(waiting)
  })
}
