import { idOf, isChatStream } from '../domain/streams.js'
import type { EventLog, Position, RecordedEvent } from '../eventstore/event-log.js'
import { BadMacError } from '../privacy/bad-mac-error.js'
import { membershipChanges, skippedAt, type Delivery } from './audience.js'
import { isOfChat, type DecodedChatEvent, type DecodedInStream, type Frame } from './frames.js'

/** A chat of which this node delivers nothing from a forged event on, until an operator has had the read model skip that event. */
export interface WithheldChat {
  chatId: string
  /** Of its first forged event. */
  since: Position
  /** Its forged events that were not skipped, by position. */
  forged: Map<Position, BadMacError>
  /** The last of its events, forged or authentic, that was not delivered. */
  last: Pick<RecordedEvent, 'version' | 'position'>
}

/** The chats that this node delivers nothing of, folded in the order of the log. */
export class WithheldChats {
  readonly #chats = new Map<string, WithheldChat>()

  constructor(private readonly log: Pick<EventLog, 'comparePositions'>) {}

  /** Why the first of them is withheld; null where none is. */
  get reason(): BadMacError | null {
    for (const { forged } of this.#chats.values()) for (const error of forged.values()) return error
    return null
  }

  /** A forged event of a chat withholds what follows in that chat. One of another stream concerns no other event. */
  addForged(recorded: RecordedEvent): void {
    const { stream, position } = recorded
    if (!isChatStream(stream)) return
    const chat = this.#chats.get(stream) ?? { chatId: idOf(stream), since: position, forged: new Map(), last: recorded }
    chat.forged.set(position, new BadMacError(recorded))
    chat.last = recorded
    this.#chats.set(stream, chat)
  }

  has({ stream, position }: DecodedInStream): boolean {
    const chat = this.#chats.get(stream)
    return chat !== undefined && this.log.comparePositions(position, chat.since) > 0
  }

  /** What becomes of a withheld event: no frame, but its users enter and leave the room, so that the room is right afterwards. */
  withhold(event: DecodedInStream): Delivery[] {
    const chat = this.#chats.get(event.stream)
    if (chat === undefined || !isOfChat(event)) return []
    chat.last = event
    return [withoutFrame(event)]
  }

  /** Takes note of a skipped position; the chat of which it was the last forged event, null where there is none. */
  skip(position: Position): WithheldChat | null {
    for (const chat of this.#chats.values()) if (chat.forged.delete(position) && chat.forged.size === 0) return chat
    return null
  }

  /** Ends it, where no other event was forged meanwhile. What its clients get: they page the history up to the last event not delivered. */
  end({ chatId, forged, last }: WithheldChat): Delivery[] {
    if (forged.size > 0) return []
    for (const [stream, chat] of this.#chats) if (chat.chatId === chatId) this.#chats.delete(stream)
    const frame: Frame = { event: 'resync', payload: { chatId, version: last.version } }
    return [{ position: last.position, frame, chatIds: [chatId], userId: null, joining: [], leaving: [] }]
  }
}

function withoutFrame({ stream, version, event, position }: DecodedChatEvent): Delivery {
  const chatId = idOf(stream)
  const frame = skippedAt(chatId, version)
  return { position, frame, chatIds: [chatId], userId: null, ...membershipChanges(event), isWithheld: true }
}
