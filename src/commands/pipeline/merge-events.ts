import type { Decided, EventShape } from '../../domain/event.js'
import type { DecidedCommand } from './decide-batch.js'
import type { AnyStreamKind } from './stream-kind.js'

/** Of neighbouring commands that no client can repeat, the first one's event takes in the others', where their kind merges such events. */
export function mergeEvents(
  commands: readonly DecidedCommand[],
  merge: AnyStreamKind['merge'],
): readonly DecidedCommand[] {
  if (merge === undefined) return commands
  let first: { event: Decided<EventShape>; command: DecidedCommand } | null = null
  return commands.map(({ pending, decision }) => {
    const event = mergeableEvent({ pending, decision })
    const both = event === null || first === null ? null : merge(first.event, event)
    if (both !== null && first !== null) {
      first.event = both
      first.command.decision = { kind: 'events', events: [both] }
      return { pending, decision: { kind: 'merged', into: first.command.pending.context.commandId } }
    }
    const command = { pending, decision }
    if (event !== null) first = { event, command }
    else if (decision.kind === 'events') first = null
    return command
  })
}

const mergeableEvent = ({ pending, decision }: DecidedCommand): Decided<EventShape> | null =>
  decision.kind === 'events' && decision.events.length === 1 && pending.context.fingerprint === undefined
    ? (decision.events[0] ?? null)
    : null
