import { randomUUID } from 'node:crypto'
import type { AnyEvent } from '../../domain/any-event.js'
import type { Decided, EventShape, PublicEvent } from '../../domain/event.js'
import type { NewEvent } from '../../eventstore/event-log.js'
import type { BoxKeys } from '../../privacy/box-keys.js'
import { KeyDestroyedError } from '../../privacy/data-keys.js'
import type { EventSealer, SealPlan } from '../../privacy/event-sealer.js'
import type { CommonRejection } from './command-result.js'
import type { PendingCommand } from './pending-command.js'

/** Bytes of data and metadata that go together in one append; EventStoreDB takes 1 MiB. */
export const MAX_APPEND_BYTES = 512 * 1024
export const MAX_COMMAND_BYTES = 256 * 1024

/** A command with the events that were decided for it. */
export interface CommandToSeal {
  pending: PendingCommand
  events: readonly Decided<EventShape>[]
}

/** An event with its place in the stream, once it is appended. */
export interface AppendedEvent {
  event: Decided<EventShape>
  /** Without the personal fields. */
  publicEvent: PublicEvent<EventShape>
  version: number
  at: string
  commandId: string
  fingerprint: string | null
}

export interface SealedBatch {
  /** The commands whose events are in the batch: the first ones, as many as the bound allows. */
  commands: PendingCommand[]
  events: NewEvent[]
  appended: AppendedEvent[]
  /** Commands that can never be appended; where there are any, the others must be decided again without them. */
  rejected: { pending: PendingCommand; rejection: CommonRejection }[]
  failed: { pending: PendingCommand; error: Error }[]
}

/** Gives decided events their version, time, id, keys and MAC, after what the stream holds. */
export type Seal = (
  stream: string,
  after: { version: number; lastAt: string },
  commands: readonly CommandToSeal[],
) => Promise<SealedBatch>

interface PlannedCommand {
  pending: PendingCommand
  events: readonly { event: Decided<AnyEvent>; plan: SealPlan }[]
}

export function createSeal(sealer: EventSealer, clock: () => Date): Seal {
  return async (stream, { version: before, lastAt }, commands) => {
    const batch: SealedBatch = { commands: [], events: [], appended: [], rejected: [], failed: [] }
    const now = clock().toISOString()
    const at = now > lastAt ? now : lastAt
    const planned = commands.map(plan)

    let keys: BoxKeys
    try {
      keys = await sealer.ensureKeys(planned.flatMap(keyNamesOf))
    } catch (error) {
      if (!(error instanceof KeyDestroyedError)) throw error
      const needIt = planned.filter((command) => keyNamesOf(command).some((name) => name.includes(error.keyName)))
      return { ...batch, failed: needIt.map(({ pending }) => ({ pending, error })) }
    }

    let total = 0
    for (const command of planned) {
      const { pending } = command
      const version = before + batch.events.length
      const sealed = sealCommand(command, version, keys)
      const bytes = sealed.reduce((sum, { data, metadata }) => sum + sizeOf(data) + sizeOf(metadata), 0)
      if (bytes > MAX_COMMAND_BYTES) {
        batch.rejected.push({ pending, rejection: { code: 'command-too-large' } })
        return batch
      }
      if (total + bytes > MAX_APPEND_BYTES) return batch
      total += bytes
      batch.commands.push(pending)
      batch.events.push(...sealed)
      batch.appended.push(...toAppended(command, version, at))
    }
    return batch

    function plan({ pending, events }: CommandToSeal): PlannedCommand {
      return {
        pending,
        events: events.map(known).map((event) => ({ event, plan: sealer.plan(stream, event, at) })),
      }
    }

    function sealCommand({ pending, events }: PlannedCommand, version: number, keys: BoxKeys): NewEvent[] {
      const { onlyRepeat: _, ...context } = pending.context
      const metadata = { at, ...context }
      return events.map((planned, index) =>
        sealer.seal({ stream, version: version + index + 1, id: randomUUID(), ...planned, metadata }, keys),
      )
    }
  }
}

const keyNamesOf = ({ events }: PlannedCommand): string[] => events.flatMap(({ plan }) => [...plan.personal.keys()])

function toAppended({ pending, events }: PlannedCommand, version: number, at: string): AppendedEvent[] {
  const { commandId, fingerprint = null } = pending.context
  return events.map(({ event, plan: { publicEvent } }, index) => ({
    event,
    publicEvent,
    version: version + index + 1,
    at,
    commandId,
    fingerprint,
  }))
}

/** The registered stream kinds decide no other events than those that this release can write. */
const known = (event: Decided<EventShape>): Decided<AnyEvent> => event as Decided<AnyEvent>

const sizeOf = (text: string): number => Buffer.byteLength(text)
