import { randomUUID } from 'node:crypto'
import type { AnyEvent } from '../../domain/any-event.js'
import type { Decided, EventShape } from '../../domain/event.js'
import type { NewEvent } from '../../eventstore/event-log.js'
import { KeyDestroyedError } from '../../privacy/data-keys.js'
import type { EventSealer } from '../../privacy/event-sealer.js'
import type { Appended } from './folded-stream.js'
import type { CommandContext } from './handled.js'

/** Bytes of data and metadata that go together in one append; EventStoreDB takes 1 MiB. */
export const MAX_APPEND_BYTES = 512 * 1024
export const MAX_COMMAND_BYTES = 256 * 1024

/** A command with the events it was decided to make. */
export interface ToSeal<Member> {
  member: Member
  context: CommandContext
  events: readonly Decided<EventShape>[]
}

export interface SealedBatch<Member> {
  /** The commands whose events are in the batch: the first ones, as many as the bound allows. */
  members: Member[]
  events: NewEvent[]
  appended: Appended<EventShape>[]
  /** Commands that can never be appended; with any, the batch must be decided anew without them. */
  rejected: { member: Member; rejection: { code: 'command-too-large' } }[]
  refused: { member: Member; error: Error }[]
}

/** Gives decided events their version, time, id, keys and MAC, on top of what the stream holds. */
export type Seal = <Member>(
  stream: string,
  after: { version: number; lastAt: string },
  commands: readonly ToSeal<Member>[],
) => Promise<SealedBatch<Member>>

export function createSeal(sealer: EventSealer, clock: () => Date): Seal {
  return async (stream, { version: before, lastAt }, commands) => {
    type Member = (typeof commands)[number]['member']
    const batch: SealedBatch<Member> = { members: [], events: [], appended: [], rejected: [], refused: [] }
    const now = clock().toISOString()
    const at = now > lastAt ? now : lastAt
    const keyNamesOf = ({ events }: ToSeal<Member>) =>
      events.flatMap((event) => sealer.keyNames(stream, event as Decided<AnyEvent>, at))

    let keys
    try {
      keys = await sealer.ensureKeys(commands.flatMap(keyNamesOf))
    } catch (error) {
      if (!(error instanceof KeyDestroyedError)) throw error
      const needsIt = (command: ToSeal<Member>) => keyNamesOf(command).some((name) => name.includes(error.keyName))
      return { ...batch, refused: commands.filter(needsIt).map(({ member }) => ({ member, error })) }
    }

    let total = 0
    let version = before
    for (const { member, context, events } of commands) {
      const { onlyRepeat: _, ...from } = context
      const { commandId, fingerprint = null } = from
      const sealed = events.map((event, index) =>
        sealer.seal(
          {
            stream,
            version: version + index + 1,
            id: randomUUID(),
            event: event as Decided<AnyEvent>,
            metadata: { at, ...from },
          },
          keys,
        ),
      )
      const bytes = sealed.reduce((sum, { data, metadata }) => sum + sizeOf(data) + sizeOf(metadata), 0)
      if (bytes > MAX_COMMAND_BYTES) {
        batch.rejected.push({ member, rejection: { code: 'command-too-large' } })
        return batch
      }
      if (total + bytes > MAX_APPEND_BYTES) return batch
      total += bytes
      batch.members.push(member)
      batch.events.push(...sealed)
      batch.appended.push(...events.map((event) => ({ event, version: ++version, at, commandId, fingerprint })))
    }
    return batch
  }
}

const sizeOf = (text: string): number => Buffer.byteLength(text)
