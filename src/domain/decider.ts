import type { Decided, EventShape, PublicEvent } from './event.js'

/** What a decision comes to. A refusal is a value with a code; no events means "already so" (a retry, not an error). */
export type Outcome<Event extends EventShape, Rejection> =
  { kind: 'accepted'; events: Decided<Event>[] } | { kind: 'rejected'; rejection: Rejection }

/** Makes a stream kind's `accept`, which knows that kind's events: `const accept = accepting<ChatEvent>()`. */
export const accepting =
  <Event extends EventShape>() =>
  (...events: Decided<Event>[]): { kind: 'accepted'; events: Decided<Event>[] } => ({ kind: 'accepted', events })

export const reject = <Rejection>(rejection: Rejection): { kind: 'rejected'; rejection: Rejection } => ({
  kind: 'rejected',
  rejection,
})

/** The pure heart of one kind of stream. State holds only what a rule reads, ids and numbers, nothing personal. */
export interface Decider<Command, State, Event extends EventShape, Rejection> {
  initial: State
  decide(command: Command, state: State): Outcome<Event, Rejection>
  evolve(state: State, event: PublicEvent<Event>): State
}

export function assertNever(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`)
}
