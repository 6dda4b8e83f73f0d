import { evolveMessage, type MessageFact } from '../../domain/chat/message-fact.js'
import type { EventShape, Decided } from '../../domain/event.js'
import {
  UnknownOutcomeError,
  WrongExpectedVersionError,
  type EventLog,
  type NewEvent,
  type Position,
} from '../../eventstore/event-log.js'
import type { Appended, FoldedStream } from './folded-stream.js'
import type { CommonRejection } from './handled.js'
import type { Seal } from './seal-batch.js'
import type { StreamKind } from './stream-kind.js'
import type { Waiting } from './pending-command.js'

/** What one command comes to, given those before it in the same round. */
type Verdict<Event extends EventShape, Rejection> =
  | { kind: 'events'; events: Decided<Event>[] }
  | { kind: 'unchanged' }
  | { kind: 'rejected'; rejection: Rejection | CommonRejection }
  /** Stands in the stream already. */
  | { kind: 'repeated'; version: number; position: Position }
  /** The same command waits before it in this round. */
  | { kind: 'twin' }
  /** What it does is said by the event of a command before it in this round. */
  | { kind: 'merged'; into: string }

export interface WriterDeps {
  log: EventLog
  seal: Seal
  /** Waits before a call of unknown outcome is repeated. */
  pause(attempt: number): Promise<void>
  /** Told after each append that succeeded. */
  onAppended(events: number, seconds: number): void
}

/**
 * The one writer of a stream in this process. Commands wait in the order of their arrival; in rounds, all that wait are decided one after
 * another on the folded state and appended together. What it keeps to:
 *
 * - At most one append is in flight. No success and no refusal leaves before its outcome is known.
 * - An append that succeeds proves that the state was current, and with it every refusal decided beside it. A round that
 *   appends nothing first reads what is new, and decides again if there was anything.
 * - A conflict reads what is new and decides again; ids of commands found there are repeats.
 * - An unknown outcome repeats the very call, as long as it takes, while deadlines answer those who wait.
 */
export function createStreamWriter<Command, State, Event extends EventShape, Rejection>(
  stream: string,
  { decider, messages, merge }: StreamKind<Command, State, Event, Rejection>,
  folded: FoldedStream<State, Event>,
  { log, seal, pause, onAppended }: WriterDeps,
) {
  type Member = Waiting<Command, Event, Rejection>
  type Planned = { member: Member; verdict: Verdict<Event, Rejection> }
  let queue: Member[] = []

  /** Handles all that wait, and what arrives meanwhile; never throws. `onIdle` is called in the same tick as the last look. */
  async function run(onIdle: () => void): Promise<void> {
    while (queue.length > 0) {
      const members = queue
      queue = []
      try {
        await round(members)
      } catch (error) {
        for (const member of members) member.fail(error as Error)
      }
    }
    onIdle()
  }

  async function round(arrived: readonly Member[]): Promise<void> {
    let fresh = folded.version === 0
    if (fresh) await folded.refresh()
    for (;;) {
      const members = arrived.filter(({ settled }) => !settled)
      await coverIndex(members)
      const plan = mergeAll(decideAll(members))
      if (plan.some(({ verdict }) => verdict.kind === 'events')) {
        if (await append(plan)) return
        fresh = true
        continue
      }
      if (fresh || !plan.some(needsFreshState)) {
        plan.forEach((planned) => answer(planned))
        return
      }
      const before = folded.version
      await folded.refresh()
      fresh = folded.version === before
    }
  }

  /** Makes the memory of recent commands reach back to where the index stood for each of them. */
  async function coverIndex(members: readonly Member[]): Promise<void> {
    const checkpoints = members.flatMap(({ indexedUpTo }) => indexedUpTo ?? [])
    const earliest = checkpoints.sort(log.comparePositions)[0]
    if (earliest !== undefined) await folded.coverFrom(earliest)
  }

  function decideAll(members: readonly Member[]): Planned[] {
    let state = folded.state
    const inRound = new Map<string, string | undefined>()
    const decided: Decided<Event>[] = []
    return members.map((member) => {
      const verdict = judge(member, state, inRound, decided)
      if (verdict.kind === 'events') {
        state = verdict.events.reduce((before, event) => decider.evolve(before, event as never), state)
        inRound.set(member.context.commandId, member.context.fingerprint)
        decided.push(...verdict.events)
      }
      return { member, verdict }
    })
  }

  /** Of neighbours that nobody can repeat, the first says what all of them do, where their kind has such an event. */
  function mergeAll(plan: readonly Planned[]): readonly Planned[] {
    if (merge === undefined) return plan
    let first: { event: Decided<Event>; planned: Planned } | null = null
    return plan.map((planned) => {
      const event = mergeable(planned)
      const both = event === null || first === null ? null : merge(first.event, event)
      if (both !== null && first !== null) {
        first.event = both
        first.planned.verdict = { kind: 'events', events: [both] }
        return { ...planned, verdict: { kind: 'merged', into: first.planned.member.context.commandId } }
      }
      const copy = { ...planned }
      if (event !== null) first = { event, planned: copy }
      else if (planned.verdict.kind === 'events') first = null
      return copy
    })
  }

  const mergeable = ({ member, verdict }: Planned): Decided<Event> | null =>
    verdict.kind === 'events' && verdict.events.length === 1 && member.context.fingerprint === undefined
      ? (verdict.events[0] ?? null)
      : null

  function judge(
    member: Member,
    state: State,
    inRound: ReadonlyMap<string, string | undefined>,
    decided: readonly Decided<Event>[],
  ): Verdict<Event, Rejection> {
    const { commandId, fingerprint, onlyRepeat } = member.context
    const known = folded.find(commandId)
    const reused = known === undefined ? inRound.get(commandId) : (known.fingerprint ?? undefined)
    if (known !== undefined || inRound.has(commandId)) {
      if (reused !== fingerprint) return { kind: 'rejected', rejection: { code: 'idempotency-key-reused' } }
      return known === undefined ? { kind: 'twin' } : { kind: 'repeated', ...known }
    }
    if (onlyRepeat) return { kind: 'rejected', rejection: { code: 'not-a-repeat' } }
    const outcome = decider.decide(withMessage(member, decided), state)
    if (outcome.kind === 'rejected') return outcome
    return outcome.events.length === 0 ? { kind: 'unchanged' } : { kind: 'events', events: outcome.events }
  }

  /** With what is known of the message that it is about: by the index, by the stream's last events, and by this round's. */
  function withMessage({ command, message }: Member, decided: readonly Decided<Event>[]): Command {
    const asked = messages?.askedBy(command) ?? null
    if (messages === undefined || asked === null || message === null) return command
    const recorded = folded
      .about(asked.messageId)
      .reduce((fact, about) => evolveMessage(fact, about, asked.userId), message)
    return messages.give(command, decided.reduce<MessageFact>(evolveBy, recorded))

    // A message of this very round is not known yet: nobody can have heard of it.
    function evolveBy(fact: MessageFact, event: Decided<Event>, index: number): MessageFact {
      const isAbout = messages?.of(event) === asked?.messageId
      if (!isAbout || fact.status === 'absent') return fact
      const about = { event: event as never, version: folded.version + 1 + index, at: '' }
      return evolveMessage(fact, about, asked?.userId ?? null)
    }
  }

  /** Nothing is appended for these that would show the state to be old: another node may have taken back what it says. */
  const needsFreshState = ({ verdict: { kind } }: Planned): boolean => kind === 'rejected' || kind === 'unchanged'

  /** True once everyone planned is answered or queued again; false when the plan must be made anew. */
  async function append(plan: readonly Planned[]): Promise<boolean> {
    const { version: decidedAt, lastAt } = folded // others may advance it while we seal
    const batch = await seal(stream, { version: decidedAt, lastAt }, plan.flatMap(toSeal))
    for (const { member, error } of batch.refused) member.fail(error)
    for (const { member, rejection } of batch.rejected) member.settle({ kind: 'rejected', rejection })
    if (batch.refused.length > 0 || batch.rejected.length > 0) return false

    const sealed = new Set(batch.members)
    const cut = plan.findIndex(({ member, verdict }) => verdict.kind === 'events' && !sealed.has(member))
    const sent = cut === -1 ? plan : plan.slice(0, cut)
    for (const member of batch.members) member.sent = true
    const position = await send(decidedAt, batch.events)
    for (const member of batch.members) member.sent = false
    if (position === null) return false

    folded.advance(batch.appended, position)
    sent.forEach((planned) => answer(planned, batch.appended))
    queue = [...plan.slice(sent.length).map(({ member }) => member), ...queue]
    return true
  }

  const toSeal = ({ member, verdict }: Planned) =>
    verdict.kind === 'events' ? [{ member, context: member.context, events: verdict.events }] : []

  /** The position of what was appended; null after a conflict, with the stream read anew. */
  async function send(expected: number, events: readonly NewEvent[]): Promise<Position | null> {
    const began = performance.now()
    for (let attempt = 1; ; attempt++) {
      try {
        const { position } = await log.append(stream, expected, events)
        onAppended(events.length, (performance.now() - began) / 1000)
        return position
      } catch (error) {
        if (error instanceof UnknownOutcomeError) {
          await pause(attempt)
          continue
        }
        if (!(error instanceof WrongExpectedVersionError)) throw error
        await folded.refresh()
        return null
      }
    }
  }

  function answer({ member, verdict }: Planned, appended: readonly Appended<Event>[] = []): void {
    const { commandId } = member.context
    const { position } = folded
    switch (verdict.kind) {
      case 'events':
        return member.settle({
          kind: 'done',
          events: appended.filter((made) => made.commandId === commandId),
          position,
        })
      case 'merged':
        return member.settle({
          kind: 'done',
          events: appended.filter((made) => made.commandId === verdict.into),
          position,
        })
      case 'twin': {
        const first = appended.find((made) => made.commandId === commandId)
        return member.settle({ kind: 'repeated', version: first?.version ?? 0, position })
      }
      case 'repeated':
        return member.settle(verdict)
      case 'unchanged':
        return member.settle({ kind: 'unchanged', position })
      case 'rejected':
        return member.settle(verdict)
    }
  }

  return {
    /** Adds a command; the caller runs the writer. */
    add: (member: Member): void => {
      queue.push(member)
    },
    run,
  }
}
