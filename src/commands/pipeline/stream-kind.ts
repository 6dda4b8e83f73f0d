import type { Decider } from '../../domain/decider.js'
import type { Decided, EventShape } from '../../domain/event.js'
import type { EntityRules } from './entity.js'

/** How commands on one kind of stream are handled. */
export interface StreamKind<Command, State, Event extends EventShape, Rejection, Fact = never> {
  decider: Decider<Command, State, Event, Rejection>
  /** Size of a state in the cache: 1, plus one for each entry it holds. */
  weigh(state: State): number
  /**
   * One event with the effect of both, the earlier one being not yet appended: for commands in one batch that no client can repeat.
   * Null where the two must stay separate.
   */
  merge?(earlier: Decided<Event>, later: Decided<Event>): Decided<Event> | null
  /** For rules about one entity of the stream, such as a message of a chat: they read a fact, not the state. */
  entities?: EntityRules<Command, Event, Fact>
  /** How a state is stored as JSON. */
  snapshot: {
    /** Raise it with every change of `evolve` or of the state: snapshots of another version are ignored. */
    evolveVersion: number
    toJson(state: State): unknown
    /** `json` is what `toJson` returned under the same version. */
    fromJson(json: unknown): State
  }
}

/** A stream kind as the pipeline sees it: it passes commands, states, events and facts on without looking into them. */
export type AnyStreamKind = StreamKind<unknown, unknown, EventShape, unknown, unknown>

/** The registry: stream kinds by the prefix of their streams' names. */
export type StreamKinds = Readonly<Record<string, AnyStreamKind>>

/** The kind of a stream by the type of its name; of a name that is just a string, nothing is known. */
export type KindOf<Kinds extends StreamKinds, Stream extends string> = string extends Stream
  ? AnyStreamKind
  : Stream extends keyof Kinds
    ? Kinds[Stream]
    : Stream extends `${infer Prefix}-${string}`
      ? Kinds[Prefix]
      : AnyStreamKind

type TypesOf<Kind> =
  Kind extends StreamKind<infer Command, infer State, infer Event, infer Rejection, infer Fact>
    ? { command: Command; state: State; event: Event; rejection: Rejection; fact: Fact }
    : never

export type CommandOf<Kind> = TypesOf<Kind>['command']
export type StateOf<Kind> = TypesOf<Kind>['state']
export type EventOf<Kind> = TypesOf<Kind>['event']
export type RejectionOf<Kind> = TypesOf<Kind>['rejection']
export type FactOf<Kind> = TypesOf<Kind>['fact']

/** @throws Error for a stream that no kind is registered for */
export function kindOf(kinds: StreamKinds, stream: string): AnyStreamKind {
  const dash = stream.indexOf('-')
  const kind = kinds[dash === -1 ? stream : stream.slice(0, dash)]
  if (kind === undefined) throw new Error(`no stream kind is registered for ${stream}`)
  return kind
}
