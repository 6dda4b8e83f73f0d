import { expect } from 'chai'
import type { Decider, Outcome } from '../../src/domain/decider.js'
import type { Decided, EventShape, PublicEvent } from '../../src/domain/event.js'

/**
 * `given(decider, ...events).when(command)`: the outcome of the command after these events, to be stated in full: `.then(...events)`, none
 * of them for "already so", or `.thenRejected(rejection)`.
 */
export function given<Command, State, Event extends EventShape, Rejection>(
  decider: Decider<Command, State, Event, Rejection>,
  ...past: PublicEvent<Event>[]
) {
  const state = past.reduce<State>((before, event) => decider.evolve(before, event), decider.initial)
  return {
    when(command: Command) {
      const outcome: Outcome<Event, Rejection> = decider.decide(command, state)
      return {
        then: (...events: Decided<Event>[]) => expect(outcome).to.deep.equal({ kind: 'accepted', events }),
        thenRejected: (rejection: Rejection) => expect(outcome).to.deep.equal({ kind: 'rejected', rejection }),
      }
    },
  }
}
