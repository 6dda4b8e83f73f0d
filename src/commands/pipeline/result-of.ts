import type { Position } from '../../eventstore/event-log.js'
import type { AnyCommandResult } from './command-result.js'
import type { DecidedCommand } from './decide-batch.js'
import type { AppendedEvent } from './seal-batch.js'

/** The result of a command whose batch is done: with what was appended, at the stream's position now. */
export function resultOf(
  { pending, decision }: DecidedCommand,
  appended: readonly AppendedEvent[],
  position: Position,
): AnyCommandResult {
  const { commandId } = pending.context
  switch (decision.kind) {
    case 'events':
      return { kind: 'done', events: eventsOf(commandId, appended), position }
    case 'merged':
      return { kind: 'done', events: eventsOf(decision.into, appended), position }
    case 'duplicate':
      return { kind: 'repeated', version: eventsOf(commandId, appended)[0]?.version ?? 0, position }
    case 'unchanged':
      return { kind: 'unchanged', position }
    case 'repeated':
    case 'rejected':
      return decision
  }
}

const eventsOf = (commandId: string, appended: readonly AppendedEvent[]): AppendedEvent[] =>
  appended.filter((event) => event.commandId === commandId)
