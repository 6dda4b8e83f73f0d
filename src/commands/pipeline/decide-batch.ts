import type { Decided, EventShape } from '../../domain/event.js'
import type { Position } from '../../eventstore/event-log.js'
import type { AnyCommandResult } from './command-result.js'
import type { FoldedStream } from './folded-stream.js'
import type { PendingCommand } from './pending-command.js'

type DecidedEvents = readonly Decided<EventShape>[]

/** What one command of a batch comes to, given those before it. */
export type Decision =
  | { kind: 'events'; events: DecidedEvents }
  | { kind: 'unchanged' }
  | Extract<AnyCommandResult, { kind: 'rejected' }>
  /** Its events are in the stream already. */
  | { kind: 'repeated'; version: number; position: Position }
  /** The same command is earlier in this batch. */
  | { kind: 'duplicate' }
  /** The event of an earlier command in this batch includes what it does. */
  | { kind: 'merged'; into: string }

export interface DecidedCommand {
  pending: PendingCommand
  decision: Decision
}

/** Decides commands one after another, each on the state that those before it lead to. Nothing is appended. */
export function decideBatch(commands: readonly PendingCommand[], folded: FoldedStream): DecidedCommand[] {
  const { decider } = folded.kind
  let state = folded.state
  const fingerprints = new Map<string, string | undefined>()
  const decided: Decided<EventShape>[] = []

  return commands.map((pending) => {
    const decision = repeatOf(pending, fingerprints, folded) ?? decide(withFact(pending, decided, folded))
    if (decision.kind === 'events') {
      state = decision.events.reduce((before, event) => decider.evolve(before, event), state)
      fingerprints.set(pending.context.commandId, pending.context.fingerprint)
      decided.push(...decision.events)
    }
    return { pending, decision }
  })

  function decide(command: unknown): Decision {
    const outcome = decider.decide(command, state)
    if (outcome.kind === 'rejected') return outcome
    return outcome.events.length === 0 ? { kind: 'unchanged' } : { kind: 'events', events: outcome.events }
  }
}

/** The decision on a command that was made before, or may only be a repeat; null for a new one. */
function repeatOf(
  { context: { commandId, fingerprint, onlyRepeat } }: PendingCommand,
  inBatch: ReadonlyMap<string, string | undefined>,
  folded: FoldedStream,
): Decision | null {
  const recent = folded.findCommand(commandId)
  if (recent === undefined && !inBatch.has(commandId))
    return onlyRepeat ? { kind: 'rejected', rejection: { code: 'not-a-repeat' } } : null
  const firstFingerprint = recent === undefined ? inBatch.get(commandId) : (recent.fingerprint ?? undefined)
  if (firstFingerprint !== fingerprint) return { kind: 'rejected', rejection: { code: 'idempotency-key-reused' } }
  return recent === undefined
    ? { kind: 'duplicate' }
    : { kind: 'repeated', version: recent.version, position: recent.position }
}

/** The command with what is known of the entity that it is about: by the index, the stream's latest events, and this batch. */
function withFact({ command, fact }: PendingCommand, decided: DecidedEvents, folded: FoldedStream): unknown {
  const { entities } = folded.kind
  const question = entities?.questionOf(command) ?? null
  if (entities === undefined || question === null || fact === undefined) return command
  const recorded = folded.factAfter(fact, question)
  const carriedOn = decided.reduce<unknown>((known, event, index) => {
    if (entities.entityIdOf(event) !== question.entityId) return known
    return entities.evolveFact(known, { event, version: folded.version + 1 + index, at: null }, question.userId)
  }, recorded)
  return entities.withFact(command, carriedOn)
}
